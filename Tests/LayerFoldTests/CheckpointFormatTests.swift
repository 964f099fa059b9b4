import Algebra
import Crypto
import Foundation
import LayerFold
import Testing

/// Reads a file of checkpoints by Docs/Formats.md alone.
private struct FormatReader {
  let bytes: [UInt8]
  var position = 0

  mutating func take(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func number(_ count: Int) -> Int { take(count).reversed().reduce(0) { $0 << 8 | Int($1) } }
}

@Suite("Checkpoints: the format") struct CheckpointFormatTests {
  private func encoded(_ numbers: [(value: Int, bytes: Int)]) -> [UInt8] {
    numbers.flatMap { number in (0..<number.bytes).map { UInt8(truncatingIfNeeded: number.value >> (8 * $0)) } }
  }

  @Test("KnownAnswer: manifest and parts are what Docs/Formats.md says") func manifest() async throws {
    let kept = try await KeptRun.made()
    let place = try TemporaryFolder()
    let folder = try kept.folder(after: 9, in: place)
    let bytes = Array(try Data(contentsOf: folder.appending(path: "checkpoint-9")))
    var reader = FormatReader(bytes: bytes)
    #expect(reader.take(8) == Array("LFCHECK1".utf8))
    let version = reader.take(reader.number(8))
    #expect(version == Array(LibraryVersion.current.utf8))
    #expect(reader.take(32) == kept.key.identifier.bytes)
    let texts = try Fixture.requests.map { try kept.key.generate($0.prompt, maxNewTokens: 1).promptTokens }
    let prompts = texts.flatMap { encoded([($0.count, 4)]) + encoded($0.map { ($0, 4) }) }
    #expect(reader.take(32) == Array(SHA256.hash(data: prompts)))
    let options = Fixture.requests.flatMap { encoded([($0.maxNewTokens, 8), (0, 1)]) }
    #expect(reader.take(32) == Array(SHA256.hash(data: options)))
    #expect(reader.number(4) == 2)
    let secret = reader.take(32)
    #expect(reader.number(4) == 9)
    for (name, step) in [
      ("running-embedding", 9), ("running-layer", 7), ("running-head", 8), ("cycle", 9), ("pending", 9),
      ("inference-0", 1), ("inference-1", 8),
    ] {
      #expect(reader.number(4) == step, "\(name)")
      let part = Array(try Data(contentsOf: folder.appending(path: "\(name)-\(step)")))
      #expect(reader.number(8) == part.count, "\(name)")
      #expect(reader.take(32) == Array(SHA256.hash(data: part)), "\(name)")
    }
    try kept.key.write(to: place.url.appending(path: "keys"))
    let seed = Array(try Data(contentsOf: place.url.appending(path: "keys/prover.key")))[9..<41]
    let key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: seed), info: Array("LayerFold checkpoint 1".utf8), outputByteCount: 32)
    let code = HMAC<SHA256>.authenticationCode(for: bytes.dropLast(32), using: key)
    #expect(reader.take(32) == Array(code) && reader.position == bytes.count)

    // The same secret under all checkpoints, and what follows from it: the salt that the proof lists for its second text.
    var first = FormatReader(bytes: Array(try Data(contentsOf: folder.appending(path: "checkpoint-0"))))
    _ = first.take(8 + 8 + version.count + 32 + 32 + 32 + 4)
    #expect(first.take(32) == secret)
    let purpose = encoded([(4, 8)]) + Array("salt".utf8) + encoded([(1, 8), (0, 8)])
    let expanded = HMAC<SHA256>.authenticationCode(for: purpose, using: SymmetricKey(data: secret))
    let block = try ChaChaPoly.seal(
      Data(repeating: 0, count: 1024), using: SymmetricKey(data: expanded),
      nonce: ChaChaPoly.Nonce(data: Data(repeating: 0, count: 12)))
    var words = FormatReader(bytes: Array(block.ciphertext))
    let limbs = (0..<8).map { _ in
      words.take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    let salt = ScalarField(
      reducing: (limbs[0], limbs[1], limbs[2], limbs[3]), high: (limbs[4], limbs[5], limbs[6], limbs[7]))
    let claims = try kept.proof.claimedInferences()
    let second = 12 + 44 + 4 * (claims[0].promptTokens.count + claims[0].outputTokens.count) + 12
    #expect(Array(kept.proof.bytes[second..<second + 32]) == salt.bytes)
  }
}
