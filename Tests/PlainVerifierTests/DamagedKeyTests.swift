import Foundation
import LayerFold
import PlainVerifier
import Support
import Testing

@Suite("Both verifiers read keys alike", .serialized) struct DamagedKeyTests {
  /// Requires that both verifiers accept, or that both refuse, the key together with the proof it belonged to.
  private func expect(accepted: Bool, key bytes: [UInt8], of both: BothVerifiers, _ what: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "layerfold-plain-\(UUID().uuidString).key")
    try Data(bytes).write(to: file)
    // A file that cannot be removed is left to the system.
    defer { _ = Result { try FileManager.default.removeItem(at: file) } }
    let first = Outcome { _ = try Verifier(key: VerifierKey(contentsOf: file)).verify(Proof(bytes: both.proof)) }
    let second = Outcome { _ = try PlainKey(bytes).verify(both.proof) }
    #expect(first.isAccepted == accepted, "\(what), first: \(first)")
    #expect(second.isAccepted == accepted, "\(what), second: \(second)")
  }

  @Test("Rejects: keys with one flipped byte, by themselves or with the proof they belonged to")
  func flips() async throws {
    let both = try await Fixture.made().ternary
    let (bytes, count) = (both.keyBytes, both.keyBytes.count)
    let constants = bytes[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
    let sizes = 16 + constants
    // The name, some constants, k, e, chunks, entries, tables, constraints, generators of either curve.
    var places = [0, 16, 64, 88, 97, 109, sizes - 1]
    places += [0, 1, 2, 22].map { sizes + $0 }
    places += [count / 40, count / 10, count / 2, count - 100]
    for place in places {
      var damaged = bytes
      damaged[place] ^= 1
      try expect(accepted: false, key: damaged, of: both, "a flip at \(place)")
    }
    // What vk does not bind, because it matters to provers only (Docs/Formats.md): a largest tensor that is no larger than a
    // chunk, and the digits kept for the recursion.
    for (place, what) in [(86, "the largest tensor of X"), (91, "the number of digits")] {
      var changed = bytes
      changed[sizes + place] ^= 1
      try expect(accepted: true, key: changed, of: both, what)
    }
  }

  @Test("Rejects: truncated keys, and bytes behind the end")
  func lengths() async throws {
    let both = try await Fixture.made().ternary
    let bytes = both.keyBytes
    for length in [0, 8, 100, bytes.count / 2, bytes.count - 1] {
      try expect(accepted: false, key: Array(bytes[..<length]), of: both, "\(length) bytes")
    }
    try expect(accepted: false, key: bytes + [0], of: both, "a byte more")
  }
}
