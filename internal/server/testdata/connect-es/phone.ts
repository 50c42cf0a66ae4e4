// A technician's phone on connect-es in Node: one job over each protocol. Run by TestConnectES, which bundles it.
// Arguments: the server's URL, the protocol, user ID and password, and the id of a request to assign is read from stdin
// once the phone has said who it is.
import { Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { create } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { MobileService, OperationSchema, Outcome, FixVerdict } from '@gen/utsendt/mobile/v1/mobile_service_pb';
import { RequestState } from '@gen/utsendt/dispatch/v1/request_pb';
import { FaultSchema } from '@gen/utsendt/fault/v1/fault_pb';

const [baseUrl, protocol, userId, password] = process.argv.slice(2);

let token = '';
const bearer: Interceptor = (next) => async (req) => {
  if (token) req.header.set('Authorization', `Bearer ${token}`);
  return next(req);
};
const options = { baseUrl, interceptors: [bearer] };
const transports: Record<string, () => Transport> = {
  'connect-json': () => createConnectTransport({ ...options, httpVersion: '1.1', useBinaryFormat: false }),
  'connect-binary': () => createConnectTransport({ ...options, httpVersion: '2', useBinaryFormat: true }),
  grpc: () => createGrpcTransport(options),
  'grpc-web': () => createGrpcWebTransport({ ...options, httpVersion: '1.1' }),
};
const phone = createClient(MobileService, transports[protocol]());

function check(ok: unknown, what: string): asserts ok {
  if (!ok) throw new Error(`${protocol}: ${what}`);
}

const operation = () =>
  create(OperationSchema, { id: randomUUID(), phoneTime: timestampNow(), sentPhoneTime: timestampNow() });

async function refused(call: Promise<unknown>, code: Code, reason: string) {
  const err = await call.then(
    () => undefined,
    (e: unknown) => ConnectError.from(e),
  );
  check(err, `not refused with ${reason}`);
  const fault = err.findDetails(FaultSchema)[0];
  check(err.code === code && fault?.reason === reason, `${err} with ${fault?.reason}, want ${Code[code]} ${reason}`);
  return fault;
}

await refused(phone.listJobs({}), Code.Unauthenticated, 'sign_in_required');
const signedIn = await phone.signIn({ userId, password, deviceName: 'Node 📱' });
token = signedIn.token;
const duty = await phone.setDuty({ operation: operation(), onDuty: true });
check(duty.me?.onDuty && duty.me.reportEvery, 'not on duty');

const watching = new AbortController();
const jobs = phone.watchJobs({}, { signal: watching.signal })[Symbol.asyncIterator]();
async function see(what: string, ok: (jobs: { requestId: string; state: RequestState }[]) => boolean) {
  for (;;) {
    const next = await jobs.next();
    check(!next.done, `the stream ended before ${what}`);
    if (!next.value.heartbeat && ok(next.value.jobs)) return;
  }
}
await see('the first message', (j) => j.length === 0);

console.log(signedIn.me?.technicianId);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const requestId = (await lines.next()).value as string;
await see('the job', (j) => j.some((one) => one.requestId === requestId));
const { job } = await phone.getJob({ requestId });
check(job?.place?.point && job.description === 'Støy 🖨', `the job is ${job?.description}`);
const fault = await refused(phone.onSite({ operation: operation(), requestId }), Code.FailedPrecondition, 'wrong_state');
check(fault.params.state === 'dispatched', 'the fault does not name the state');
await phone.accept({ operation: operation(), requestId });
await phone.enRoute({ operation: operation(), requestId });
await see('En route', (j) => j[0]?.state === RequestState.EN_ROUTE);

const fix = (step: number) => ({
  point: { latitude: job.place!.point!.latitude + 0.01 + step * 1e-5, longitude: job.place!.point!.longitude },
  accuracyMetres: 8,
  phoneTime: timestampNow(),
});
const report = await phone.reportPositions({ fixes: [fix(0)], sentPhoneTime: timestampNow() });
check(report.verdicts[0] === FixVerdict.LIVE, `the position is ${report.verdicts}`);
const sum = await phone.streamPositions(
  (async function* () {
    yield { batch: { fixes: [fix(1)], sentPhoneTime: timestampNow() } };
    yield { batch: { fixes: [fix(2)], sentPhoneTime: timestampNow() } };
  })(),
);
check(sum.received === 2n && sum.refused === 0n, `the stream: ${sum.received} received, ${sum.refused} refused`);

await phone.onSite({ operation: operation(), requestId });
const once = operation();
for (let i = 0; i < 2; i++) {
  const done = await phone.complete({
    operation: once, requestId, outcome: Outcome.SOLVED, text: 'Smurt', readings: [{ counter: 'black', value: 9_999_999_999n }],
  });
  check(done.state === RequestState.COMPLETED, `completed as ${done.state}`);
}
await see('the end', (j) => j.length === 0);
watching.abort();
await phone.signOut({});
await refused(phone.getMe({}), Code.Unauthenticated, 'session_over');
console.log('done');
process.exit(0);
