import * as pulumi from "@pulumi/pulumi";
import { WallarooUser } from "pulumi-wallaroo";

const ann = new WallarooUser("ann", { email: "ann@example.com" });

new WallarooUser("bob", { email: "bob@example.com", enabled: false });

// An address that preview can't know yet: it is made from an output of another resource.
new WallarooUser("lead", { email: pulumi.interpolate`${ann.id.apply(() => "team-lead")}@example.com` });

// Set by the demo on its way: an account that was there before, and the one that the provider runs as.
const config = new pulumi.Config();
const zoe = config.get("zoe");
if (zoe !== undefined) new WallarooUser("zoe", { email: "zoe@example.com", adopt: zoe === "adopted" });
const self = config.get("self");
if (self !== undefined) new WallarooUser("self", { email: self, adopt: true, enabled: false });

export const annId = ann.id;
export const annPassword = ann.initialPassword;
