import Foundation
import LayerFold
import Testing

@Suite("Keys", .serialized) struct KeyTests {
  @Test("RoundTrip: keys written to a folder are the keys that were made")
  func roundTrip() async throws {
    let fixture = try await Fixture.made()
    let folder = try TemporaryFolder()
    try fixture.key.write(to: folder.url)
    let read = try ProverKey(contentsOf: folder.url)
    #expect(read.identifier == fixture.key.identifier)
    let verifier = try VerifierKey(contentsOf: folder.url.appending(path: VerifierKey.fileName))
    #expect(verifier.sizes == fixture.verifierKey.sizes)
    try read.requireSameSetup(as: verifier)
    #expect(try read.generate("In the", maxNewTokens: 3) == fixture.key.generate("In the", maxNewTokens: 3))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.appending(path: "prover.key").path)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
    let identifier = try String(contentsOf: folder.url.appending(path: "model-id.txt"), encoding: .utf8)
    #expect(identifier == "\(fixture.key.identifier)\n")
  }

  @Test("Laws: owners of a copy agree on the public model's id; secret blinding gives another id every time")
  func identifiers() async throws {
    let fixture = try await Fixture.made()
    let again = try ProverKey.setup(model: Fixture.model, maxTokens: 16, blinding: .derivedFromWeights)
    #expect(again.identifier == fixture.key.identifier)
    let secret = try ProverKey.setup(model: Fixture.model, maxTokens: 16)
    #expect(secret.identifier != fixture.key.identifier)
    try fixture.key.check(against: again.verifierKey())
  }

  @Test("Laws: no two weight commitments share a blinder, those to nothing included; a public setup's are other ones")
  func weightBlinders() async throws {
    let fixture = try await Fixture.made()
    let secret = try ProverKey.setup(model: Fixture.model, maxTokens: 16)
    let folder = try TemporaryFolder()
    var points: [[UInt8]] = []
    for key in [fixture.key, secret] {
      try key.write(to: folder.url)
      let bytes = [UInt8](try Data(contentsOf: folder.url.appending(path: ProverKey.fileName)))
      func number(at place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
      // Behind name, seed, k and vk; Docs/Formats.md.
      let start = 8 + 33 + 33
      let count = number(at: start) * number(at: start + 4)
      #expect(number(at: start) == 5 + 3 && count > 8)
      points += (0..<count).map { Array(bytes[start + 8 + 32 * $0..<start + 40 + 32 * $0]) }
    }
    // Chunks without weights commit to zeros: what differs between them is the blinder.
    #expect(Set(points).count == points.count)
  }

  @Test("Rejects: damaged verifier's keys, without a crash")
  func damagedVerifierKey() async throws {
    let fixture = try await Fixture.made()
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: VerifierKey.fileName)
    try fixture.verifierKey.write(to: file)
    let bytes = try Data(contentsOf: file)
    func expectRefusal(_ damaged: Data, _ what: String) throws {
      try damaged.write(to: file)
      do {
        // A key that is still a key is another one: it must not accept the proof.
        _ = try Verifier(key: VerifierKey(contentsOf: file)).verify(fixture.proof)
        Issue.record("\(what) was accepted")
      } catch is LayerFoldError {}
    }
    for length in [0, 7, 8, 100, 30_000, bytes.count / 2, bytes.count - 1] {
      try expectRefusal(bytes.prefix(length), "a prefix of \(length) bytes")
    }
    try expectRefusal(bytes + Data([0]), "a byte more")
    // Constants, sizes, tables, constraints, generators.
    for place in [0, 16, 24, 100, 300, bytes.count / 3, bytes.count / 2, bytes.count - 100] {
      var damaged = bytes
      damaged[place] ^= 1
      try expectRefusal(damaged, "a flip at \(place)")
    }
  }

  @Test("Rejects: weights that changed since setup make no proof")
  func damagedWeights() async throws {
    let fixture = try await Fixture.made()
    let folder = try TemporaryFolder()
    try fixture.key.write(to: folder.url)
    let file = folder.url.appending(path: ProverKey.fileName)
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 1000] ^= 1
    try bytes.write(to: file)
    let key = try ProverKey(contentsOf: folder.url)
    await #expect(throws: LayerFoldError.self) {
      try await Fixture.prove([Fixture.requests[0]], with: key)
    }
  }

  @Test("Rejects: a folder that mixes two setups")
  func mixedFolder() async throws {
    let fixture = try await Fixture.made()
    let folder = try TemporaryFolder()
    try fixture.key.write(to: folder.url)
    try ProverKey.setup(model: Fixture.model, maxTokens: 15).verifierKey()
      .write(to: folder.url.appending(path: VerifierKey.fileName))
    let key = try ProverKey(contentsOf: folder.url)
    await #expect(throws: LayerFoldError.foreignKey(file: folder.url.appending(path: "verifier.key").relativePath)) {
      try await Fixture.prove([Fixture.requests[0]], with: key)
    }
    try Data("\(String(repeating: "0", count: 64))\n".utf8).write(to: folder.url.appending(path: "model-id.txt"))
    #expect(throws: LayerFoldError.self) { try ProverKey(contentsOf: folder.url) }
  }

  @Test("ModelIdentifier: 64 hexadecimal digits and nothing else")
  func hexadecimal() {
    let digits = String(repeating: "0f", count: 32)
    #expect(ModelIdentifier(hexadecimal: digits)?.description == digits)
    #expect(ModelIdentifier(hexadecimal: digits.uppercased())?.description == digits)
    for wrong in ["", "0f", digits + "00", String(digits.dropLast()) + "g", String(digits.dropLast(2)) + "é"] {
      #expect(ModelIdentifier(hexadecimal: wrong) == nil)
    }
  }
}
