import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** An address that leads to a server while it is open. */
export interface Door {
  readonly url: string;
  close(): void;
  open(): Promise<unknown>;
}

export async function createDoor(target: string): Promise<Door> {
  const { port, hostname } = new URL(target);
  const sockets = new Set<Socket>();
  let listener: Server | undefined;
  const open = async (onPort = 0) => {
    listener = createServer((socket) => {
      const other = connect(Number(port), hostname);
      for (const one of [socket, other]) {
        sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => sockets.delete(one));
      }
      socket.pipe(other).pipe(socket);
      socket.on("close", () => other.destroy());
      other.on("close", () => socket.destroy());
    });
    await once(listener.listen(onPort, "127.0.0.1"), "listening");
    return (listener.address() as AddressInfo).port;
  };
  const ownPort = await open();
  const close = () => {
    listener?.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `http://127.0.0.1:${ownPort}`, close, open: () => open(ownPort) };
}
