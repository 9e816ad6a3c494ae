// russh, Rust's library, by the russh of npm, as a command-line client: harness/client_program.py says
// what the arguments are. It does not tell the exit status of a command, so the far shell says it.
'use strict';
const fs = require('fs');
const { once } = require('events');
const { firstValueFrom } = require('rxjs');
const russh = require('russh');

const [port, user, key, hostKey, verb, ...rest] = process.argv.slice(2);
const config = process.env.KEEPALIVE ? { keepaliveIntervalSeconds: 1, keepaliveCountMax: 2 } : {};
const PIECE = 256 * 1024;

async function connect() {
  const client = await russh.SSHClient.connect(
    await russh.SshTransport.newSocket(`127.0.0.1:${port}`),
    async (offered) => offered.base64() === hostKey, config);
  const pair = await russh.KeyPair.parse(fs.readFileSync(key, 'utf8'));
  return client.authenticateWithKeyPair(user, pair, null);
}

// What it says, up to where `isWhole` finds that this is all, or to the channel's end: with that the package
// may lose the last data.
async function play(client, ask, isWhole = () => false) {
  const channel = await client.activateChannel(await client.openSessionChannel());
  const said = { output: Buffer.alloc(0), errors: Buffer.alloc(0) };
  const whole = new Promise((resolve) => {
    const add = (name, data) => {
      said[name] = Buffer.concat([said[name], Buffer.from(data)]);
      if (isWhole(said)) resolve();
    };
    channel.data$.subscribe((data) => add('output', data));
    channel.extendedData$.subscribe(([, data]) => add('errors', data));
  });
  const closed = firstValueFrom(channel.closed$, { defaultValue: null });
  await ask(channel);
  const input = fs.readFileSync(0);
  for (let at = 0; at < input.length; at += PIECE) {
    await channel.write(input.subarray(at, at + PIECE));
  }
  await channel.eof();
  await Promise.race([whole, closed]);
  return said;
}

async function sftp(client, work) {
  const session = await client.activateSFTP(await client.openSessionChannel());
  await work(session);
  await session.close();
}

async function put(session, from, to) {
  const file = await session.open(
    to, russh.OPEN_WRITE | russh.OPEN_CREATE | russh.OPEN_TRUNCATE);
  for await (const piece of fs.createReadStream(from, { highWaterMark: PIECE })) {
    await file.writeAll(piece);
  }
  await file.shutdown();
}

async function get(session, from, to) {
  const file = await session.open(from, russh.OPEN_READ);
  const here = fs.createWriteStream(to);
  for (;;) {
    const piece = await file.read(PIECE);
    if (!piece.length) break;
    if (!here.write(Buffer.from(piece))) await once(here, 'drain');
  }
  here.end();
  await once(here, 'close');
}

const TERMINAL = { columns: 90, rows: 30, pixWidth: 0, pixHeight: 0 };
const verbs = {
  async exec(client) {
    // The far shell marks the ends, and stays until this connection is over.
    const command = `(${rest[0]}); echo " $?"; printf . >&2; while kill -0 $PPID; do sleep 0.1; done`;
    const { output, errors } = await play(client, (channel) => channel.requestExec(command),
      (said) => / \d+\n$/.test(said.output.subarray(-8)) && said.errors.subarray(-1) == '.');
    const end = output.lastIndexOf(' ');
    process.stdout.write(output.subarray(0, end));
    process.stderr.write(errors.subarray(0, -1));
    process.exitCode = Number(output.subarray(end).toString());
  },
  async terminal(client) {
    const { output } = await play(client, async (channel) => {
      await channel.requestPTY('xterm-256color', TERMINAL);
      await channel.requestShell();
    });
    process.stdout.write(output);
  },
  put: (client) => sftp(client, (session) => put(session, rest[0], rest[1])),
  get: (client) => sftp(client, (session) => get(session, rest[0], rest[1])),
  list: (client) => sftp(client, async (session) => {
    const list = await session.readDirectory(rest[0]);
    process.stdout.write(list.map((entry) => `${entry.name}\n`).join(''));
  }),
  rename: (client) => sftp(client, (session) => session.rename(rest[0], rest[1])),
};

(async () => {
  const client = await connect();
  await verbs[verb](client);
  process.stdout.write('', () => process.exit());
})().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(255);
});
