import { CheckResponse, type CheckRequest, type ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { Configuration } from "../resource/session";
import { NAMESPACE, SETTINGS, type Setting } from "../settings-table";
import { describeUnknownInputs, describeUnknownSettings } from "../unknown-settings";
import type { Log } from "../user/context";
import { decode, encode } from "./values";

/** The settings of which no value is ever shown, whatever the program marks. */
const SECRETS = Object.entries<Setting>(SETTINGS).flatMap(([key, { secret }]) => (secret === true ? [[key]] : []));

/** Inputs of every provider, by which the engine finds its plugin. */
const ENGINES_OWN = new Set(["version", "pluginDownloadURL", "__internal"]);

/**
 * Takes the settings as they are, secrets marked: what is wrong with them is said, all at once, at their first use, when
 * the environment is known too. Warns of what is not a setting; the configuration of a project that is called like this
 * package comes here as well.
 */
export function checkConfiguration(request: CheckRequest, log: Log): CheckResponse {
  const { props, secrets } = decode(request.getNews());
  const keys = Object.keys(props).filter((key) => !ENGINES_OWN.has(key));
  // urn:pulumi:stack::project::type::name
  const [, project = "", , name = ""] = request.getUrn().split("::");
  const words = isDefault(name) ? describeUnknownSettings(keys, project) : describeUnknownInputs(keys);
  for (const line of words) log.warn(line);
  return new CheckResponse().setInputs(encode(props, [...SECRETS, ...secrets]));
}

/** The configuration of one provider. The environment counts for the engine's own one alone, not for one that the program declares. */
export function configurationOf(request: ConfigureRequest): Configuration {
  const { props } = decode(request.getArgs());
  const name = request.hasName() ? request.getName() : undefined;
  return { get: (key) => props[key.slice(NAMESPACE.length + 1)], isExplicit: !isDefault(name) };
}

/**
 * True for the names of the providers that the engine makes itself: `default`, with the version or the download address
 * that the SDK asks for, and nothing for `pulumi do`, which has no program. An engine that tells no name may mean one of
 * the program. Source: `ProviderRequest.DefaultName` and `cmd/pulumi/do` of pulumi/pulumi.
 */
function isDefault(name: string | undefined): boolean {
  return name !== undefined && /^(default(_\d+_\d+_\d+.*|_(https?|file|github|gitlab)_.*)?)?$/.test(name);
}
