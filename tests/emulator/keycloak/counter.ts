import net from "node:net";
import { listenAtLowPort } from "../port";
import type { KeycloakServer } from "./server";

const HEAD = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/;

/** A Keycloak whose requests are counted on their way to it, whoever sends them. */
export interface CountedKeycloak extends KeycloakServer {
  /** Method and path, without the query, of each request since the last call, in the order in which they came. */
  take: () => string[];
}

/**
 * Puts a relay in front of a Keycloak that reads the first line of each request and passes on every byte as it is. It counts
 * on clients that wait for an answer before they send their next request on a connection, as all in use here do, and ends a
 * connection that begins with anything else than a request. Stopping it stops the Keycloak, too.
 */
export async function countRequests(server: KeycloakServer): Promise<CountedKeycloak> {
  const { hostname, port, pathname } = new URL(server.authUrl);
  const seen: string[] = [];
  const sockets = new Set<net.Socket>();
  const relay = net.createServer({ noDelay: true }, (client) => {
    const keycloak = net.connect({ host: hostname, port: Number(port), noDelay: true });
    let isNext = true;
    client.on("data", (chunk) => {
      const head = isNext ? HEAD.exec(chunk.toString("latin1")) : undefined;
      if (head === null) return void client.destroy(new Error("it does not begin with a request"));
      if (head !== undefined) seen.push(`${head[1]} ${head[2]?.replace(/\?.*/, "")}`);
      isNext = false;
    });
    keycloak.on("data", () => (isNext = true));
    client.pipe(keycloak).pipe(client);
    for (const [socket, other] of [
      [client, keycloak],
      [keycloak, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  const listensAt = await listenAtLowPort(relay);
  return {
    authUrl: `http://127.0.0.1:${listensAt}${pathname}`,
    take: () => seen.splice(0),
    async stop() {
      relay.close();
      for (const socket of sockets) socket.destroy();
      await server.stop();
    },
  };
}
