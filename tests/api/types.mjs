// Prints as JSON how the types of a packed tarball (its first argument) resolve, for every kind of program.
// Plain JavaScript: the TypeScript loader of the tests would translate the compiler in it first.
import fs from "node:fs";
import process from "node:process";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

const [tarball = ""] = process.argv.slice(2);
const result = await checkPackage(createPackageFromTarballData(fs.readFileSync(tarball)));
process.stdout.write(JSON.stringify(result));
