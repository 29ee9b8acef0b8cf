import { Hub, type Port, type ToHub } from "./hub";

const hub = new Hub();

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const channel = event.ports[0];
  if (!channel) return;
  const port: Port = { post: (message) => channel.postMessage(message) };
  hub.add(port);
  channel.onmessage = (message: MessageEvent<ToHub>) => hub.receive(port, message.data);
};
