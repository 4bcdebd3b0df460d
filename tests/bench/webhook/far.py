"""far.py PORT SECONDS: a way to 127.0.0.1:PORT that is SECONDS long there and back. Prints its own port, then, whenever it is told to on
stdin, how many connections were made and how many bytes went each way."""
import asyncio
import collections
import sys


class Counts:
    connections = there = back = 0


async def carry(reader, writer, delay, count):
    """Hands on what comes, `delay` seconds later and in order."""
    loop = asyncio.get_running_loop()
    waiting = collections.deque()
    some = asyncio.Event()

    async def deliver():
        while True:
            while not waiting:
                some.clear()
                await some.wait()
            due, data = waiting.popleft()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                if writer.can_write_eof() and not writer.is_closing():
                    writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    delivery = asyncio.ensure_future(deliver())
    try:
        while True:
            data = await reader.read(65536)
            count(len(data))
            waiting.append((loop.time() + delay, data))
            some.set()
            if not data:
                break
        await delivery
    except (ConnectionError, OSError):
        delivery.cancel()


async def main():
    port, delay = int(sys.argv[1]), float(sys.argv[2]) / 2

    async def serve(reader, writer):
        Counts.connections += 1
        # The handshake of TCP takes a way there and back, too.
        await asyncio.sleep(2 * delay)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)

        def there(count):
            Counts.there += count

        def back(count):
            Counts.back += count

        await asyncio.gather(carry(reader, far_writer, delay, there), carry(far_reader, writer, delay, back))
        for one in (writer, far_writer):
            one.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(Counts.connections, Counts.there, Counts.back, flush=True)


asyncio.run(main())
