// The program of every subject of the benchmark: BENCH_SIZE accounts in BENCH_PROGRAM. With BENCH_UPDATED each tenth is
// declared deactivated, or owner of its workspace, of which there are BENCH_WORKSPACES.
const size = Number(process.env.BENCH_SIZE);
const workspaces = Number(process.env.BENCH_WORKSPACES);
const isUpdated = process.env.BENCH_UPDATED === "1";
const accounts = Array.from({ length: size }, (_, index) => ({
  email: `account${index}@example.com`,
  enabled: !(isUpdated && index % 10 === 0),
}));
const memberships = accounts.map(({ email, enabled }, index) => ({
  workspace: `workspace${index % workspaces}`,
  user: email,
  role: enabled ? "COLLABORATOR" : "OWNER",
}));

require(`./${process.env.BENCH_PROGRAM}`).declare(workspaces > 0 ? memberships : accounts);
