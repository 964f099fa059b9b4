import Algebra
import Foundation
import LayerFold
import Testing

/// Honest runs that end in a false statement, compressed together with it: every check but the named one passes, because the
/// named one is the last (`ProvingRun` itself verifies what it hands out, so an honest proof is accepted).
@Suite("Cheating provers: false statements", .serialized) struct CheatingStatementTests {
  @Test(
    "Rejects: another token, another prompt length, another requested number, another model, by the statement chain")
  func falseStatements() async throws {
    let fixture = try await Fixture.made()
    let verifier = Verifier(key: fixture.verifierKey)
    var honest = try ProvingRun(key: fixture.key, inferences: 1)
    try honest.absorb(Fixture.requests[0], index: 0)
    try honest.close()
    func refused(_ what: String, _ change: (inout ProvingRun) -> Void) throws {
      var run = honest
      change(&run)
      let proof = try run.compress()
      #expect(throws: LayerFoldError.refusedProof(check: "statement chain"), "\(what)") { try verifier.verify(proof) }
    }
    try refused("another last token") { $0.claims[0].outputTokens[3] ^= 1 }
    try refused("a shorter prompt") { run in
      let last = run.claims[0].promptTokens.removeLast()
      run.claims[0].outputTokens.insert(last, at: 0)
      run.claims[0].maxNewTokens += 1
    }
    try refused("another requested number") { $0.claims[0].maxNewTokens += 1 }
    try refused("another model") { $0.weightChain += .one }
  }

  @Test("Rejects: many claims that nobody proved, before they are hashed")
  func manyClaims() async throws {
    let fixture = try await Fixture.made()
    let claims = try fixture.proof.claimedInferences()
    let end = claims.reduce(12) { $0 + 44 + 4 * ($1.promptTokens.count + $1.outputTokens.count) }
    let count = 1 << 17
    var bytes = Array(fixture.proof.bytes[..<8])
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    // Prompt, output and requested number of one token each, the nonce 0, the tokens 3 and 4.
    let claim: [UInt8] =
      [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 32) + [3, 0, 0, 0, 4, 0, 0, 0]
    for _ in 0..<count { bytes += claim }
    bytes += fixture.proof.bytes[end...]
    let start = clock()
    #expect(throws: LayerFoldError.refusedProof(check: "number of steps")) {
      try Verifier(key: fixture.verifierKey).verify(Proof(bytes: bytes))
    }
    // Hashing them takes several times as long.
    #expect(Double(clock() - start) / Double(CLOCKS_PER_SEC) < 6, "seconds of processors")
  }
}
