import { describeMatrix, teamApplier } from "./matrix";

describeMatrix("a WallarooTeam", teamApplier);
