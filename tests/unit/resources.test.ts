import { InvokeRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { isRecord } from "../../provider/api/json";
import { readStackExport } from "../../provider/cli/report/managed";
import * as dynamic from "../../provider/dynamic/index";
import { PROVIDER_KEY } from "../../provider/dynamic/stored";
import { invoke } from "../../provider/native/functions";
import { kindsOf } from "../../provider/native/kinds";
import { encode, type Path } from "../../provider/native/values";
import { Session } from "../../provider/resource/session";
import * as sdk from "../../sdk/index";
import { readPage } from "../markdown";

type Properties = Record<string, { type?: string; secret?: boolean; additionalProperties?: { $ref?: string } }>;
interface Schema {
  resources: Record<string, { inputProperties: Properties; properties: Properties }>;
  types: Record<string, { properties?: Properties }>;
  functions: Record<string, object>;
}
const SCHEMA = JSON.parse(readPage("plugin/schema.json")) as Schema;

type ResourceClass = { readonly type: string } & (new (name: string, args: never) => pulumi.CustomResource);

/** The resources that the SDK exports, each with its token in the plugin. */
const CLASSES = Object.entries(sdk).flatMap(
  ([name, exported]): { name: string; token: string; Class: ResourceClass }[] =>
    name.startsWith("Wallaroo") && "type" in exported
      ? [{ name, token: exported.type.replace("pulumi-nodejs:dynamic/wallaroo:", "wallaroo:index:"), Class: exported }]
      : [],
);

interface Monitor {
  registerResource: (request: RegisterResourceRequest, answer: unknown) => void;
}

/** Resources that manage no account, of which the report of accounts has nothing to say. */
const WITHOUT_ACCOUNTS = ["wallaroo:index:WorkspaceMember"];

interface Secret {
  /** Where it stands, `*` for any key. */
  path: Path;
  /** One of many by a key, and not a text. */
  isMap: boolean;
}

function secretsIn(properties: Properties): Secret[] {
  return Object.entries(properties).flatMap(([name, { type, secret, additionalProperties }]): Secret[] => {
    if (secret === true) return [{ path: [name], isMap: type === "object" }];
    const inside = SCHEMA.types[additionalProperties?.$ref?.replace("#/types/", "") ?? ""]?.properties ?? {};
    return secretsIn(inside).map(({ path, ...others }) => ({ path: [name, "*", ...path], ...others }));
  });
}

/** Values of a resource with `text` at the end of the path. */
function nested([first = "", ...rest]: Path, text: string): Record<string, unknown> {
  return { [first === "*" ? "ann@example.com" : first]: rest.length === 0 ? text : nested(rest, text) };
}

/** For `JSON.stringify`: nothing of what the engine is told to encrypt. */
function withoutSecrets(_key: string, value: unknown): unknown {
  return isRecord(value) && pulumi.runtime.specialSigKey in value ? "secret" : value;
}

const newSession = (settings: Record<string, string> = {}) => {
  const log = { info: () => undefined, warn: () => undefined };
  const session = new Session({ log, isUnknownMark: () => false });
  session.configure({ get: (key) => settings[key], isExplicit: true });
  return session;
};

/** What the engine would be sent for a resource of a program. */
async function register(Class: ResourceClass, args: object) {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: () => ({}),
  });
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const send = monitor.registerResource.bind(monitor);
  const sent = new Promise<RegisterResourceRequest>((resolve) => {
    monitor.registerResource = (request, answer) => {
      resolve(request);
      send(request, answer);
    };
  });
  const resource = new Class("it", args as never);
  const request = await sent;
  return {
    resource,
    inputs: request.getObject()?.toJavaScript() ?? {},
    secretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

describe("every resource", () => {
  it("has a class, a description and a place in the plugin", () => {
    const tokens = CLASSES.map(({ token }) => token).sort();
    expect(tokens).to.not.have.length(0);
    expect(Object.keys(SCHEMA.resources).sort(), "plugin/schema.json").to.deep.equal(tokens);
    expect(Object.keys(kindsOf(newSession())).sort(), "provider/native/kinds.ts").to.deep.equal(tokens);
  });

  it("has a text in its state that loads the provider of its name, and an output for each property", async () => {
    const loaded: string[] = [];
    for (const { name, token, Class } of CLASSES) {
      const { resource, inputs } = await register(Class, {});
      const own = name.replace(/^Wallaroo(.)/, (_, first: string) => first.toLowerCase());
      expect(inputs[PROVIDER_KEY], name).to.match(new RegExp(`\\("pulumi-wallaroo/provider"\\)\\.${own}$`));
      expect(resource, name).to.include.keys(Object.keys(SCHEMA.resources[token]?.properties ?? {}));
      loaded.push(own);
    }
    expect(Object.keys(dynamic).sort(), "provider/dynamic/index.ts").to.deep.equal(loaded.sort());
  });

  for (const { name, token, Class } of CLASSES) {
    const { inputProperties = {}, properties = {} } = SCHEMA.resources[token] ?? {};
    const secrets = [...secretsIn(inputProperties), ...secretsIn(properties)];
    if (secrets.length === 0) continue;

    it(`keeps the secrets of its schema encrypted as a class: ${name}`, async () => {
      for (const { path } of secretsIn(inputProperties)) {
        const { inputs } = await register(Class, nested(path, "Ss-of-it"));
        expect(JSON.stringify(inputs), path.join(".")).to.include("Ss-of-it");
        expect(JSON.stringify(inputs, withoutSecrets), path.join(".")).to.not.include("Ss-of-it");
      }
      const { secretOutputs } = await register(Class, {});
      expect(secretOutputs).to.include.members(secretsIn(properties).map(({ path }) => path[0]));
    });

    it(`keeps the secrets of its schema encrypted in the plugin, and out of messages: ${name}`, () => {
      expect(kindsOf(newSession())[token]?.secrets, "provider/native/kinds.ts").to.deep.include.members(
        secrets.map(({ path }) => path),
      );
      const settings = {
        "wallaroo:url": "https://x.example",
        "wallaroo:username": "ci@example.com",
        "wallaroo:password": "Cc-of-ci",
      };
      for (const { path, isMap } of secrets) {
        const { secrets: hidden } = newSession(settings).platform(nested(isMap ? [...path, "*"] : path, "Ss-of-it"));
        expect(hidden.clean("It said Ss-of-it."), `provider/resource/session.ts: ${path.join(".")}`).to.equal(
          "It said [secret].",
        );
      }
    });
  }

  it("has its accounts in the report, unless it manages none", () => {
    const read = Object.keys(SCHEMA.resources).filter((token) => {
      const urn = "urn:pulumi:prod::people::x::it";
      const text = JSON.stringify({ deployment: { resources: [{ type: token, urn, id: "1", outputs: {} }] } });
      try {
        readStackExport(text, "state.json");
        return false;
      } catch {
        return true;
      }
    });
    expect([...read, ...WITHOUT_ACCOUNTS].sort(), "provider/cli/report/managed.ts").to.deep.equal(
      Object.keys(SCHEMA.resources).sort(),
    );
  });

  it("is named in the README and in docs/languages.md", () => {
    const [readme, languages] = [readPage("README.md"), readPage("docs/languages.md")];
    expect(CLASSES.filter(({ name }) => !readme.includes(`\`${name}\``)).map(({ name }) => name)).to.deep.equal([]);
    expect(Object.keys(SCHEMA.resources).filter((token) => !languages.includes(`\`${token}\``))).to.deep.equal([]);
  });
});

describe("every function of the plugin's schema", () => {
  const names = Object.keys(SCHEMA.functions).map((token) => token.replace("wallaroo:index:", ""));

  for (const name of names) {
    it(`is answered by the plugin: ${name}`, async () => {
      const request = new InvokeRequest().setTok(`wallaroo:index:${name}`).setArgs(encode({}, []));
      const error: unknown = await invoke(newSession(), request).catch((raised: unknown) => raised);
      expect(error).to.be.an("error").with.property("message").that.does.not.include("no type or function");
    });
  }

  it("is exported by the SDK in both forms, and named in docs/languages.md", () => {
    const languages = readPage("docs/languages.md");
    expect(names.filter((name) => !new RegExp(`\`(wallaroo:index:)?${name}\``).test(languages))).to.deep.equal([]);
    const exported = Object.keys(sdk).filter((name) => name.startsWith("get"));
    expect(exported).to.have.members(names.flatMap((name) => [name, `${name}Output`]));
  });
});
