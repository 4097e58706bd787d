// Loaded by mocha before all tests: whatever machine and shell they run on, they mean the same.

for (const name of Object.keys(process.env)) {
  // Of the developer's own stacks and platform. Where the engine is kept is a setting of the tests.
  if (/^(WALLAROO|PULUMI)_/.test(name) && !name.startsWith("PULUMI_WALLAROO_")) delete process.env[name];
}

// A proxy is left alone: the engine, Keycloak and npm packages may have to come through it. But engine and SDK talk to
// each other on this machine, and the SDK's gRPC would ask the proxy even for that.
const excepted = process.env["no_proxy"] || process.env["NO_PROXY"];
const noProxy = [...(excepted ? [excepted] : []), "127.0.0.1", "localhost"].join();
process.env["no_proxy"] = process.env["NO_PROXY"] = noProxy;
// Would come before that.
delete process.env["no_grpc_proxy"];
