// What a Node proxy costs that does nothing but carry: node:http on one side, undici's dispatch on the other. The yardstick of GW-62.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.argv[2], { connections: 512, pipelining: 1 });

const server = createServer((request, response) => {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  pool.dispatch(
    { method: request.method, path: request.url, headers: request.rawHeaders, body: hasBody ? request : null },
    {
      onRequestStart() {},
      onResponseStart(controller, status) {
        response.writeHead(
          status,
          controller.rawHeaders.map((bytes) => bytes.toString('latin1')),
        );
      },
      onResponseData(controller, chunk) {
        // Nobody drains what a client has left behind, and its connection to the product would be gone from the pool for good.
        if (response.write(chunk) || response.destroyed) return;
        controller.pause();
        const resume = () => {
          response.off('drain', resume).off('close', resume);
          controller.resume();
        };
        response.on('drain', resume).on('close', resume);
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
