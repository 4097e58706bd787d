import { describeMatrix } from "./matrix";

describeMatrix("WallarooUser");
