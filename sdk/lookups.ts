import * as pulumi from "@pulumi/pulumi";
import {
  CURRENT_USER,
  SEATS,
  USER,
  USERS,
  type GetUserArgs,
  type GetUsersArgs,
  type UserInfo,
} from "../provider/lookups";
import type { WallarooSeats } from "../provider/user/seats";
import { ask, askLater, type LookupOptions } from "./asked";
import { resolved } from "./resolved";

export type { GetUserArgs, GetUsersArgs, UserInfo } from "../provider/lookups";
export type { WallarooSeats } from "../provider/user/seats";
export type { LookupOptions } from "./asked";

/** One account, active or not; raises an Error when none has the id or address. Asks at preview too. Lookups share one query. */
export function getUser(args: GetUserArgs, opts: LookupOptions = {}): Promise<UserInfo> {
  return ask(USER, resolved(args) as GetUserArgs, opts);
}

/** All accounts that meet the conditions, by username; the list may be empty. */
export function getUsers(args: GetUsersArgs = {}, opts: LookupOptions = {}): Promise<UserInfo[]> {
  return ask(USERS, resolved(args) as GetUsersArgs, opts);
}

/** The account that the provider runs as. Raises an Error for a service account, which the platform lists nowhere. */
export function getCurrentUser(opts: LookupOptions = {}): Promise<UserInfo> {
  return ask(CURRENT_USER, {}, opts);
}

/** How many accounts take a seat now, and `wallaroo:seatLimit` if it is set. Shares its query with the other lookups. */
export function getSeats(opts: LookupOptions = {}): Promise<WallarooSeats> {
  return ask(SEATS, {}, opts);
}

/** {@link getUser} for inputs that are outputs of resources. */
export function getUserOutput(
  args: { id: pulumi.Input<string> } | { email: pulumi.Input<string> },
  opts?: LookupOptions,
): pulumi.Output<UserInfo> {
  return askLater(USER, pulumi.output(resolved(args)), opts);
}

/** {@link getUsers} for inputs that are outputs of resources. */
export function getUsersOutput(
  args: { [Name in keyof GetUsersArgs]: pulumi.Input<GetUsersArgs[Name]> } = {},
  opts?: LookupOptions,
): pulumi.Output<UserInfo[]> {
  return askLater(USERS, pulumi.output(resolved(args)), opts);
}

/** {@link getCurrentUser} as an output. */
export function getCurrentUserOutput(opts?: LookupOptions): pulumi.Output<UserInfo> {
  return askLater(CURRENT_USER, pulumi.output({}), opts);
}

/** {@link getSeats} as an output. */
export function getSeatsOutput(opts?: LookupOptions): pulumi.Output<WallarooSeats> {
  return askLater(SEATS, pulumi.output({}), opts);
}
