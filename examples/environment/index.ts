import * as pulumi from "@pulumi/pulumi";
import { Environment, type Access } from "./environment";

const config = new pulumi.Config();

const environment = new Environment(config.require("name"), {
  access: config.requireObject<Record<string, Access>>("access"),
  adopt: config.getBoolean("adopt") ?? false,
});

export const { namespace, ids } = environment;
