import * as pulumi from "@pulumi/pulumi";
import { WallarooUser } from "pulumi-wallaroo";

const ann = new WallarooUser("ann", { email: "ann@example.com" });

new WallarooUser("bob", { email: "bob@example.com", enabled: false });

// An address that preview can't know yet: it is made from an output of another resource.
new WallarooUser("lead", { email: pulumi.interpolate`${ann.id.apply(() => "team-lead")}@example.com` });

export const annId = ann.id;
export const annPassword = ann.initialPassword;
