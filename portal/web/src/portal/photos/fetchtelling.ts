/** Fetches by XMLHttpRequest, which alone tells how much of a body has been sent: as a share, 0 to 1. */
export function fetchTelling(onProgress: (share: number) => void): typeof globalThis.fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open(init.method ?? 'GET', String(input))
      request.responseType = 'arraybuffer'
      new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value))
      request.upload.onprogress = (event) => {
        if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total)
      }
      request.onload = () => {
        const headers = new Headers()
        for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/)) {
          const colon = line.indexOf(':')
          if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
        }
        const body = [204, 304].includes(request.status) ? null : (request.response as ArrayBuffer)
        resolve(new Response(body, { status: request.status, headers }))
      }
      // As fetch says that nothing came through.
      request.onerror = () => reject(new TypeError('network failure'))
      request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
      if (init.signal?.aborted) return reject(new DOMException('aborted', 'AbortError'))
      init.signal?.addEventListener('abort', () => request.abort(), { once: true })
      request.send(init.body as XMLHttpRequestBodyInit)
    })
}
