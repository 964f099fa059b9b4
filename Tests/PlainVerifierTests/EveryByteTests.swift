import Foundation
import LayerFold
import PlainVerifier
import Support
import Testing

@Suite(
  "Every byte (LAYERFOLD_LONG=1)", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
struct EveryByteTests {
  /// Of so many bytes the plain verifier sees one changed.
  private static let sample = 61

  @Test("Rejects: a flip in every byte of a proof; the plain verifier sees every 61st byte, one of every second word")
  func everyByte() async throws {
    let both = try await Fixture.made().ternary
    let accepted = await withTaskGroup(of: [Int].self) { group in
      let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
      for worker in 0..<workers {
        group.addTask {
          var generator = SeededGenerator(seed: UInt64(worker))
          return stride(from: worker, to: both.proof.count, by: workers).filter { place in
            var bytes = both.proof
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            if Outcome(of: { _ = try both.fast.verify(Proof(bytes: bytes)) }).isAccepted { return true }
            return place % Self.sample == 0 && Outcome(of: { _ = try both.plain.verify(bytes) }).isAccepted
          }
        }
      }
      return await group.reduce([], +)
    }
    #expect(accepted.isEmpty, "flips that were accepted: \(accepted)")
  }
}
