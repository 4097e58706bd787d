import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, type WallarooTeamMember } from "pulumi-wallaroo";

const members = new pulumi.Config().requireObject<Record<string, WallarooTeamMember>>("members");

const team = new WallarooTeam("science", { members });

export const { ids, adopted, initialPasswords } = team;
