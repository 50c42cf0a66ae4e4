import { Code, ConnectError } from '@connectrpc/connect'
import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { UploadSchema } from '../../gen/utsendt/portal/v1/reading_service_pb.js'
import { fileProblem, sendFile } from './upload'

it.each([
  ['avlesninger.csv', 10, undefined],
  ['AVLESNINGER.XLSX', 20_000_000, undefined],
  ['a.csv', 20_000_001, 'bulk.file_large'],
  ['a.csv', 0, 'bulk.file_empty'],
  ['a.xls', 10, 'bulk.file_old_excel'],
  ['a.pdf', 10, 'bulk.file_type'],
  ['avlesninger', 10, 'bulk.file_type'],
])('%s of %i octets: %s', (name, size, problem) => expect(fileProblem({ name, size })).toBe(problem))

it('sends every piece once more when no answer came, under the same operation, and in the end the file is whole', async () => {
  const content = new Uint8Array(25).map((_, i) => i)
  const arrived = new Uint8Array(25)
  const operations: string[] = []
  const sent: number[] = []
  let failures = 1
  const upload = await sendFile(
    {
      startUpload: ({ size }) => {
        expect(size).toBe(25n)
        return Promise.resolve({ uploadId: 'u', pieceSize: 10 })
      },
      sendPiece: ({ operationId, start, data }) => {
        operations.push(operationId)
        if (start === 10n && failures-- > 0) return Promise.reject(new ConnectError('busy', Code.Unavailable))
        arrived.set(data, Number(start))
        return Promise.resolve({})
      },
      checkUpload: () => Promise.resolve({ upload: create(UploadSchema, { id: 'u', rows: 3 }) }),
    },
    new File([content], 'a.csv'),
    { onSent: (n) => sent.push(n), signal: new AbortController().signal, options: { pause: () => Promise.resolve() } },
  )
  expect(upload?.rows).toBe(3)
  expect([...arrived]).toEqual([...content])
  expect(sent).toEqual([10, 20, 25])
  expect(operations).toHaveLength(4)
  expect(operations[1]).toBe(operations[2])
  expect(new Set(operations).size).toBe(3)
})
