/**
 * The text that is stored as `__provider` in the state of every `WallarooUser`, for ever: `read` and `delete` run an
 * old state's text, and another text would be an update of every resource. So it only loads the package that is
 * installed today, from the folder of the program's `main`, the working directory of the process (measured in npm, pnpm
 * and yarn layouts, and under the Automation API). It holds no setting and no credential.
 */
export const USER_PROVIDER_TEXT = textOf("user");

/** {@link USER_PROVIDER_TEXT} of a `WallarooTeam`. */
export const TEAM_PROVIDER_TEXT = textOf("team");

/** {@link USER_PROVIDER_TEXT} of a `WallarooWorkspaceMember`. */
export const WORKSPACE_MEMBER_PROVIDER_TEXT = textOf("workspaceMember");

/** Name under which the engine knows the text of a dynamic provider. */
export const PROVIDER_KEY = "__provider";

/** Input by which a resource tells the provider about itself; `check` takes it out, so it never reaches the state. */
export const DECLARED_KEY = "__declared";

/** Input by which check tells the SDK in a preview what create would be refused for; never stored. */
export const REFUSED_KEY = "__refused";

/** Set in the inputs of an explicit provider, whose settings come from there alone. */
export const EXPLICIT_KEY = "wallaroo:explicit";

function textOf(exported: string): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-wallaroo/provider").${exported}`;
}
