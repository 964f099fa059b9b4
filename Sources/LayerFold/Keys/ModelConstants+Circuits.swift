import Arguments
import Circuits
import Folding
import Foundation
import Model

extension ModelConstants {
  /// The constants as bytes: what the verification key's digest binds beside the circuits.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(self)
    return writer.bytes
  }

  /// The chunk size asked for, or the preferred one; throws `unusableSizes` outside `ProverKey.chunkLogs`.
  func chunkLog(_ requested: Int?) throws -> Int {
    let chosen = try requested ?? preferredChunkLog()
    let range = ProverKey.chunkLogs
    guard range.contains(chosen) else {
      throw LayerFoldError.unusableSizes(
        "Chunks of 2^\(chosen) entries were asked for; expected 2^\(range.lowerBound) to 2^\(range.upperBound).")
    }
    return chosen
  }

  /// Throws `unusableSizes` if a key's file cannot say these sizes: a segment is too large, or chunks are too many.
  func checkSizes(chunkLog: Int) throws {
    let circuits = try steps(limbsLog: 13)
    var chunks = 1
    for segment in Segment.allCases where segment != .tables {
      let largest = circuits.map { $0.segmentEntries[segment.rawValue] }.max() ?? 0
      let limit = segment == .values ? KeyLimits.columns : KeyLimits.entries
      if largest > limit {
        throw LayerFoldError.unusableSizes(
          "A step would commit to \(largest) numbers (\(segment)); at most \(limit) are possible.")
      }
      chunks += max(1, (largest + (1 << chunkLog) - 1) >> chunkLog)
    }
    try KeyLimits.check(chunks: chunks, rowsLog: 1)
  }

  /// The circuits of a model with these constants, and all generators; takes seconds.
  func recursionKey(chunkLog: Int) throws -> RecursionKey {
    try RecursionKey(chunkLog: chunkLog, context: bytes) { limbsLog in try steps(limbsLog: limbsLog) }
  }

  /// log2 of the smallest chunk, from 2^14 on, with which an instance has at most 16 chunks, or at most 66 of 2^18 and
  /// more: every chunk more costs rows in every step, a longer chunk makes the opening and its verification slower.
  func preferredChunkLog() throws -> Int {
    let circuits = try steps(limbsLog: 13)
    let committed = Segment.allCases.filter { $0 != .tables }.map { segment in
      circuits.map { $0.segmentEntries[segment.rawValue] }.max() ?? 0
    }
    let traceEstimate = 1 << 17
    return (14..<24).first { log in
      let chunks = (committed + [traceEstimate]).reduce(0) { $0 + max(1, ($1 + (1 << log) - 1) >> log) }
      return chunks <= (log < 18 ? 16 : 66)
    } ?? 24
  }

  /// The steps of all kinds, each with 2^limbsLog digits for the recursion.
  func steps(limbsLog: Int) throws -> [StepCircuit] {
    StepCircuit.all(
      try CircuitParameters(
        configuration: configuration, quantization: parameters, maxTokens: maxTokens, limbsLog: limbsLog))
  }
}
