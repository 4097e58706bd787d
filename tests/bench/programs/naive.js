// The provider that a first search leads to: written into the program, one token and one request a call.
const pulumi = require("@pulumi/pulumi");

const url = process.env.WALLAROO_URL;
const username = process.env.WALLAROO_USER;
const password = process.env.WALLAROO_PASSWORD;

async function call(path, body) {
  const form = new URLSearchParams({ grant_type: "password", client_id: "sdk-client", username, password });
  const signedIn = await fetch(`${url}/auth/realms/master/protocol/openid-connect/token`, {
    method: "POST",
    body: form,
  });
  const { access_token } = await signedIn.json();
  const response = await fetch(`${url}/v1/api/users/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

const provider = {
  async create({ email, enabled }) {
    const { id, password: initialPassword } = await call("invite", { email });
    return { id, outs: { email, enabled, initialPassword } };
  },
  async read(id, props) {
    const { users } = await call("query", { user_ids: [id] });
    return { id, props: { ...props, enabled: users[id].enabled } };
  },
  async update(_id, olds, news) {
    await call(news.enabled ? "activate" : "deactivate", { email: news.email });
    return { outs: { ...olds, enabled: news.enabled } };
  },
  async delete(_id, { email }) {
    await call("deactivate", { email });
  },
};

class NaiveUser extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(provider, name, args);
  }
}

exports.declare = (accounts) => {
  for (const account of accounts) new NaiveUser(account.email, account);
};
