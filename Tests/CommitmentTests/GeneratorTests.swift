import Algebra
import Commitment
import Foundation
import Support
import Testing

@Suite("Generators")
struct GeneratorTests {
  private struct Vectors: Decodable {
    struct List: Decodable {
      var curve: String
      var blindingBase: [String]
      var evaluationBase: [String]
      var bases: [[String]]
      var digest: String
    }
    var origin: String
    var lists: [List]
  }

  @Test("KnownAnswer: the first generators of both curves and the digest of the list")
  func knownAnswer() throws {
    let vectors: Vectors = try knownAnswers("generators", in: .module)
    #expect(vectors.lists.count == 2)
    for list in vectors.lists {
      if list.curve == BN254.name { try expect(list, on: BN254.self) } else { try expect(list, on: Grumpkin.self) }
    }
  }

  private func expect<C: Curve>(_ list: Vectors.List, on curve: C.Type) throws {
    func point(_ text: [String]) throws -> AffinePoint<C> {
      let coordinates: [C.BaseField] = try elements(text)
      return try AffinePoint(x: coordinates[0], y: coordinates[1])
    }
    #expect(list.curve == C.name)
    let generators = Generators<C>(logCount: 2)
    #expect(try generators.blindingBase == point(list.blindingBase))
    #expect(try generators.evaluationBase == point(list.evaluationBase))
    #expect(try generators.bases == list.bases.map(point))
    let digest = generators.digest.map { String(format: "%02x", $0) }.joined()
    #expect(digest == list.digest)
  }

  @Test("Laws: a longer list starts with the shorter, all points differ and lie on the curve")
  func prefix() {
    let short = Generators<Grumpkin>(logCount: 3)
    let long = Generators<Grumpkin>(logCount: 6)
    #expect(long.logCount == 6)
    #expect(Array(long.bases.prefix(8)) == short.bases)
    let all = long.bases + [long.blindingBase, long.evaluationBase]
    #expect(Set(all).count == 66)
    #expect(all.allSatisfy { $0.isOnCurve && !$0.isInfinity })
    #expect(short.digest != long.digest)
  }

  @Test("RoundTrip: encoding", arguments: [0, 1, 5])
  func roundTrip(logCount: Int) throws {
    let generators = Generators<BN254>(logCount: logCount)
    let bytes = generators.encoded
    #expect(try Generators<BN254>(encoded: bytes, checking: .canonical) == generators)
    #expect(try Generators<BN254>(encoded: bytes, checking: .onCurve) == generators)
  }

  @Test("Rejects: other lengths, curves and points")
  func rejects() throws {
    let generators = Generators<BN254>(logCount: 2)
    let bytes = generators.encoded
    let header = bytes.count - 64 * 6
    func refusal(_ bytes: [UInt8], _ check: Generators<BN254>.Check = .canonical) -> CommitmentError? {
      do {
        _ = try Generators<BN254>(encoded: bytes, checking: check)
        return nil
      } catch { return error }
    }
    #expect(refusal([]) == .generatorFormat)
    #expect(refusal(Array(bytes.dropLast())) == .generatorFormat)
    #expect(refusal(bytes + [0]) == .generatorFormat)
    #expect(refusal(Generators<Grumpkin>(logCount: 2).encoded) == .generatorFormat)
    for place in 0..<header {
      var changed = bytes
      changed[place] ^= 0x40
      #expect(refusal(changed) == .generatorFormat)
    }
    var changed = bytes
    changed[header + 64 * 3] ^= 1
    #expect(refusal(changed) == nil)
    #expect(refusal(changed, .onCurve) == .generatorNotAPoint(index: 3))
    changed[header + 64 * 3 + 63] = 0xff
    #expect(refusal(changed) == .generatorNotAPoint(index: 3))
    changed = bytes
    for place in 0..<64 { changed[header + 64 + place] = 0 }
    #expect(refusal(changed) == .generatorNotAPoint(index: 1))
  }
}
