import { WallarooTeam, readRoster } from "pulumi-wallaroo";

// Every mistake in the file is listed with its line, before anything is sent. `.csv` and `.json` work as well.
const team = new WallarooTeam("science", { members: readRoster("team.yaml") });

export const { ids, adopted, initialPasswords } = team;
