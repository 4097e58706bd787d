import * as pulumi from "@pulumi/pulumi";
import { WallarooUser } from "pulumi-wallaroo";

const emails = new pulumi.Config().requireObject<string[]>("people");

// Named by address, so that an address that leaves the list does not shift all behind it.
const users = new Map(emails.map((email) => [email, new WallarooUser(email, { email })]));

export const ids = Object.fromEntries([...users].map(([email, user]) => [email, user.id]));
export const initialPasswords = Object.fromEntries([...users].map(([email, user]) => [email, user.initialPassword]));
