// The ssh2 of npm as a command-line client: harness/client_program.py says what the arguments are.
'use strict';
const fs = require('fs');
const ssh2 = require('ssh2');

const [port, user, key, hostKey, verb, ...rest] = process.argv.slice(2);
const keepalive = process.env.KEEPALIVE ? { keepaliveInterval: 1000, keepaliveCountMax: 2 } : {};
const client = new ssh2.Client();

function fail(error) {
  process.stderr.write(`${error.stack}\n`);
  process.exit(255);
}

function then(work) {
  return (error, ...values) => (error ? fail(error) : work(...values));
}

function done() {
  client.end();
}

function play(channel) {
  channel.on('exit', (code) => { process.exitCode = code; });
  channel.on('close', done);
  channel.pipe(process.stdout);
  channel.stderr.pipe(process.stderr);
  process.stdin.pipe(channel);
  if (process.env.REKEY) {
    const timer = setInterval(() => client._protocol.rekey(), 200);
    channel.on('close', () => clearInterval(timer));
  }
}

const TERMINAL = { term: 'xterm-256color', cols: 90, rows: 30 };
const verbs = {
  exec: () => client.exec(rest[0], then(play)),
  terminal: () => client.shell(TERMINAL, then(play)),
  put: (sftp) => sftp.fastPut(rest[0], rest[1], then(done)),
  get: (sftp) => sftp.fastGet(rest[0], rest[1], then(done)),
  list: (sftp) => sftp.readdir(rest[0], then((list) => {
    process.stdout.write(list.map((entry) => `${entry.filename}\n`).join(''));
    done();
  })),
  rename: (sftp) => sftp.rename(rest[0], rest[1], then(done)),
  resume: (sftp) => sftp.stat(rest[1], then(({ size }) => {
    fs.createReadStream(rest[0], { start: size })
      .pipe(sftp.createWriteStream(rest[1], { flags: 'r+', start: size }))
      .on('close', done).on('error', fail);
  })),
};

client.on('error', fail);
client.on('ready', () => {
  const work = verbs[verb];
  if (work.length) client.sftp(then(work));
  else work();
});
client.connect({
  host: '127.0.0.1', port, username: user, privateKey: fs.readFileSync(key), ...keepalive,
  hostVerifier: (offered) => offered.toString('base64') === hostKey,
});
