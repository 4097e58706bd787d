// Providers that answer what the real ones would, and ask nobody.
const { randomUUID } = require("node:crypto");

const PASSWORD = "abcdefghijkl";

exports.user = {
  check: async (_olds, news) => ({ inputs: news }),
  diff: async (_id, olds, news) => ({ changes: olds.enabled !== news.enabled }),
  create: async ({ email, enabled }) => ({
    id: randomUUID(),
    outs: {
      email,
      username: email,
      enabled,
      createdAt: "2026-01-01T00:00:00.000Z",
      adopted: false,
      initialPassword: PASSWORD,
    },
  }),
  read: async (id, props) => ({ id, props }),
  update: async (_id, olds, news) => ({ outs: { ...olds, enabled: news.enabled } }),
  delete: async () => undefined,
};

exports.member = {
  check: async (_olds, news) => ({ inputs: news }),
  diff: async (_id, olds, news) => ({ changes: olds.role !== news.role }),
  create: async ({ workspace, user, role }) => {
    const userId = randomUUID();
    const place = { workspaceId: 1, workspaceName: workspace, userId, email: user, adopted: false };
    return { id: `1/${userId}`, outs: { workspace, user, role, ...place } };
  },
  read: async (id, props) => ({ id, props }),
  update: async (_id, olds, { role }) => ({ outs: { ...olds, role } }),
  delete: async () => undefined,
};

function stateOf(members, ids) {
  const deviating = Object.entries(members).filter(([, { enabled = true }]) => !enabled);
  return {
    ids,
    adopted: {},
    initialPasswords: Object.fromEntries(Object.keys(ids).map((email) => [email, PASSWORD])),
    details: Object.fromEntries(deviating.map(([email]) => [email, { enabled: false }])),
  };
}

exports.team = {
  // As the real one: of who is active, nothing is written.
  check: async (_olds, { members, ...others }) => {
    const usual = Object.entries(members).map(([email, { enabled }]) => [email, enabled ? {} : { enabled }]);
    return { inputs: { ...others, members: Object.fromEntries(usual) } };
  },
  diff: async (_id, { details }, { members }) => ({
    changes: Object.entries(members).some(([email, { enabled = true }]) => enabled === email in details),
  }),
  create: async ({ members }) => {
    const ids = Object.fromEntries(Object.keys(members).map((email) => [email, randomUUID()]));
    return { id: randomUUID(), outs: stateOf(members, ids) };
  },
  read: async (id, props) => ({ id, props }),
  update: async (_id, { ids }, { members }) => ({ outs: stateOf(members, ids) }),
  delete: async () => undefined,
};
