// A technician's phone on connect-es in Node: one job over each protocol. Run by TestConnectES, which bundles it.
// Arguments: the server's URL, the protocol, user ID, password and the path of a picture; the id of a request to assign is read from stdin
// once the phone has said who it is.
import { Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { create } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MobileService, OperationSchema, Outcome, FixVerdict } from '@gen/utsendt/mobile/v1/mobile_service_pb';
import { OperationState } from '@gen/utsendt/mobile/v1/operation_pb';
import { UploadState } from '@gen/utsendt/mobile/v1/upload_pb';
import { VisitFileKind } from '@gen/utsendt/dispatch/v1/visit_pb';
import { RequestState } from '@gen/utsendt/dispatch/v1/request_pb';
import { FaultSchema } from '@gen/utsendt/fault/v1/fault_pb';

const [baseUrl, protocol, userId, password, picture] = process.argv.slice(2);

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
const visitId = job.visitId;
await phone.accept({ operation: operation(), requestId, visitId });
await phone.enRoute({ operation: operation(), requestId, visitId });
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

await phone.onSite({ operation: operation(), requestId, visitId });
check(job.counters.some((c) => c.counter === 'black') && job.vanStock.length > 0 && job.guide.length > 0, 'the job is bare');
const once = operation();
for (let i = 0; i < 2; i++) {
  const done = await phone.complete({
    operation: once, requestId, visitId, outcome: Outcome.SOLVED, text: 'Smurt', signedBy: 'Kari Eksempel',
    readings: [{ counter: 'black', value: 9_999_999_999n }], partsUsed: [{ partNumber: job.vanStock[0]!.partNumber, quantity: 1 }],
  });
  check(done.state === RequestState.COMPLETED, `completed as ${done.state}`);
}
await see('the end', (j) => j.length === 0);
watching.abort();

// A signature follows the status, each piece twice.
const data = readFileSync(picture!);
const sha256 = createHash('sha256').update(data).digest();
let { upload } = await phone.startUpload({
  operationId: randomUUID(), requestId, visitId, kind: VisitFileKind.SIGNATURE, size: BigInt(data.length), sha256,
});
while (upload?.state === UploadState.RECEIVING) {
  const from = Number(upload.offset);
  const piece = { uploadId: upload.id, offset: upload.offset, data: data.subarray(from, from + 2000) };
  await phone.appendUpload(piece);
  upload = (await phone.appendUpload(piece)).upload;
}
check(upload?.state === UploadState.STORED, `the signature is ${upload?.state}`);
const { visits } = await phone.listVisits({ requestId });
check(visits.length === 1 && visits[0]!.signedBy === 'Kari Eksempel' && visits[0]!.files.length === 1, 'the visit is bare');
const { fates } = await phone.listOperations({ ids: [once.id, randomUUID()] });
check(fates[0]?.state === OperationState.TOOK_EFFECT && fates[1]?.state === OperationState.UNKNOWN, 'the fates are otherwise');
await phone.signOut({});
await refused(phone.getMe({}), Code.Unauthenticated, 'session_over');
console.log('done');
process.exit(0);
