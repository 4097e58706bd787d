import * as pulumi from "@pulumi/pulumi";
import { WallarooUser } from "pulumi-wallaroo";

// pulumi config set --path 'people[0]' ann@example.com
const emails = new pulumi.Config().getObject<string[]>("people") ?? [];

// Keyed by address, so that a user that leaves the list does not shift all behind it.
const users = emails.map((email) => new WallarooUser(email, { email }));

export const ids = Object.fromEntries(users.map((user, index) => [emails[index] ?? "", user.id]));
export const initialPasswords = Object.fromEntries(
  users.map((user, index) => [emails[index] ?? "", user.initialPassword]),
);
