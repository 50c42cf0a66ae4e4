import { passkeys } from './passkeyclient'

/** True where this browser can make and use passkeys: only on https or localhost. */
export function passkeysPossible(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** Asks the person for a passkey and gives the server's answer. undefined when they changed their mind. */
export async function signInWithPasskey() {
  const { ceremonyId, optionsJson } = await passkeys.beginSignIn({})
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(optionsJson))
  const credential = await asked(() => navigator.credentials.get({ publicKey }))
  if (!credential) return undefined
  return passkeys.finishSignIn({ ceremonyId, credentialJson: JSON.stringify(credential.toJSON()) })
}

/** Makes a passkey for the signed-in person. undefined when they changed their mind. */
export async function makePasskey(operationId: string, name: string) {
  const { ceremonyId, optionsJson } = await passkeys.beginRegistration({})
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(optionsJson))
  const credential = await asked(() => navigator.credentials.create({ publicKey }))
  if (!credential) return undefined
  return passkeys.finishRegistration({ operationId, ceremonyId, credentialJson: JSON.stringify(credential.toJSON()), name })
}

/** A dialog that was closed, or took too long, is no failure: the browser tells one from the other no more than that. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    return ((await ask()) as PublicKeyCredential | null) ?? undefined
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return undefined
    throw error
  }
}
