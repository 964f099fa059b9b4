import Foundation
import LayerFold
import PlainVerifier
import Support
import Testing

@Suite(
  "Every byte (LAYERFOLD_LONG=1)", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
struct EveryByteTests {
  /// Of so many changed proofs the plain verifier sees one.
  private static let sample = 61

  /// Requires that no changed proof is accepted; `change` makes the one of each number below `count`, from a generator of its own.
  private func expectRefusals(
    _ what: String, count: Int, sample: Int,
    _ change: @escaping @Sendable (_ number: Int, _ proof: [UInt8], inout SeededGenerator) -> [UInt8]
  ) async throws {
    let both = try await Fixture.made().ternary
    try #require(Outcome(of: { _ = try both.fast.verify(Proof(bytes: both.proof)) }).isAccepted)
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let accepted = await withTaskGroup(of: [String].self) { group in
      for worker in 0..<workers {
        group.addTask {
          stride(from: worker, to: count, by: workers).compactMap { number in
            var generator = SeededGenerator(seed: UInt64(number))
            let bytes = change(number, both.proof, &generator)
            if Outcome(of: { _ = try both.fast.verify(Proof(bytes: bytes)) }).isAccepted { return "\(number)" }
            guard number % sample == sample / 2 else { return nil }
            return Outcome(of: { _ = try both.plain.verify(bytes) }).isAccepted ? "\(number), plainly" : nil
          }
        }
      }
      return await group.reduce([], +)
    }
    #expect(accepted.isEmpty, "\(what) that were accepted: \(accepted)")
  }

  @Test("Rejects: a flip in every byte of a proof; the plain verifier sees every 61st")
  func everyByte() async throws {
    let count = try await Fixture.made().ternary.proof.count
    try await expectRefusals("flips", count: count, sample: Self.sample) { place, proof, generator in
      var bytes = proof
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      return bytes
    }
  }

  @Test("Rejects: a flip in every word of a proof, by both verifiers")
  func everyWord() async throws {
    let both = try await Fixture.made().ternary
    let words = ProofMap(both.sizes, prompt: 2, output: 2).fields.flatMap { field in
      (0..<field.count).map { field.word($0)..<field.word($0) + field.wordLength }
    }
    #expect(words.reduce(8) { $0 + $1.count } == both.proof.count && words.count > 600)
    try await expectRefusals("words", count: words.count, sample: 1) { number, proof, generator in
      var bytes = proof
      bytes[Int.random(in: words[number], using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      return bytes
    }
  }

  @Test("Rejects: a proof cut after every byte, and with a random byte put in before every 16th or behind the end")
  func everyLength() async throws {
    let count = try await Fixture.made().ternary.proof.count
    try await expectRefusals("lengths", count: count, sample: Self.sample) { length, proof, _ in
      Array(proof[..<length])
    }
    try await expectRefusals("bytes put in", count: count / 16 + 1, sample: Self.sample) { number, proof, generator in
      var bytes = proof
      bytes.insert(.random(in: .min ... .max, using: &generator), at: min(16 * number, proof.count))
      return bytes
    }
    try await expectRefusals("bytes behind the end", count: 100, sample: 25) { extra, proof, generator in
      proof + (0...extra).map { _ in .random(in: .min ... .max, using: &generator) }
    }
  }
}
