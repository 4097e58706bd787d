import { describeMatrix, userApplier } from "./matrix";

describeMatrix("a WallarooUser", userApplier);
