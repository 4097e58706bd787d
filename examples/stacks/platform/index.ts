import * as pulumi from "@pulumi/pulumi";

// In a stack of your own this comes from what installs the platform: a Helm release, a DNS record, a Kubernetes secret.
const config = new pulumi.Config();

export const url = config.require("url");
export const operator = config.require("operator");
export const operatorPassword = config.requireSecret("operatorPassword");
