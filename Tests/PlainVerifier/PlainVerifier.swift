// PlainVerifier: a second verifier of proofs, short and slow, that shares no code with the first one.
// Written from Docs/Formats.md and Docs/Protocol.md; every file names the sections it follows. The two verifiers check each other.
// May import: CGMP, Crypto. Never a target of this package.

/// Why bytes are no key or no valid proof, by the rule they break.
package enum Refusal: Error, Equatable {
  /// Bytes that encode no key or no proof.
  case malformed(String)
  /// A proof that breaks a rule.
  case refused(String)
}

/// Throws `Refusal.malformed` unless a rule of the format holds.
func requireFormat(_ holds: Bool, _ rule: String) throws(Refusal) {
  if !holds { throw .malformed(rule) }
}

/// Throws `Refusal.refused` unless a rule of the protocol holds.
func require(_ holds: Bool, _ rule: String) throws(Refusal) {
  if !holds { throw .refused(rule) }
}
