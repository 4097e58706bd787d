import http2 from "node:http2";
import { createRequire } from "node:module";
import { expect } from "chai";
import { listenAt, listenAtLowPort } from "../emulator/port";
import { ENGINE_CONNECTIONS } from "./automation";
import { user } from "./programs";
import { scenario } from "./stack";

interface Grpc {
  Client: new (address: string, credentials: unknown, options: object) => GrpcClient;
  credentials: { createInsecure(): unknown };
  status: Record<string, number>;
}
interface GrpcClient {
  makeUnaryRequest(
    path: string,
    encode: (value: Buffer) => Buffer,
    decode: (value: Buffer) => Buffer,
    request: Buffer,
    done: (error: { code: number } | null) => void,
  ): void;
  close(): void;
}

describe("the stacks of these tests", function () {
  this.timeout(180_000);

  describe("whose program fails", () => {
    const { stack } = scenario({}, () => ({ config: {} }));

    it("leave no handler of lost errors on this process", async () => {
      const count = () => [process.listenerCount("uncaughtException"), process.listenerCount("unhandledRejection")];
      const before = count();
      await stack().upFails(user());
      expect(count()).to.deep.equal(before);
    });
  });

  it("take no engine for dead because an earlier one had its port", async () => {
    const grpc = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as Grpc;
    const server = http2.createServer((_request, response) => response.writeHead(404).end());
    const port = await listenAtLowPort(server);
    await new Promise((resolve) => server.close(resolve));
    const clients: GrpcClient[] = [];
    /** The status that a call of a new run gets. */
    const call = () =>
      new Promise<number | undefined>((resolve) => {
        const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), ENGINE_CONNECTIONS);
        clients.push(client);
        const same = (value: Buffer) => value;
        client.makeUnaryRequest("/any/Call", same, same, Buffer.alloc(0), (error) => resolve(error?.code));
      });
    try {
      expect(await call(), "nobody listens").to.equal(grpc.status["UNAVAILABLE"]);
      expect(await listenAt(server, port)).to.equal(true);
      expect(await call(), "answered by the next").to.equal(grpc.status["UNIMPLEMENTED"]);
    } finally {
      for (const client of clients) client.close();
      server.close();
    }
  });
});
