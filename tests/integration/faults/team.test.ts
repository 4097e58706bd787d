import { describeMatrix } from "./matrix";

describeMatrix("WallarooTeam");
