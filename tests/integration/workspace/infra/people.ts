import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, WallarooUser, getCurrentUser, getUserOutput, getUsers } from "pulumi-wallaroo";

const { team = [] } = new pulumi.Config().getObject<{ team?: string[] }>("people") ?? {};

export const ann = new WallarooUser("ann", {
  email: "ann@example.com",
  password: pulumi.secret("Aa-initial-password"),
});
export const science = new WallarooTeam("science", {
  members: Object.fromEntries(["bob@example.com", ...team].map((email) => [email, {}])),
});
export const annIsAdmin = getUserOutput({ email: ann.email }).apply(({ admin }) => admin);
export const administrators = getUsers({ admin: true }).then((users) => users.map(({ username }) => username));
export const runsAs = getCurrentUser().then(({ username }) => username);
