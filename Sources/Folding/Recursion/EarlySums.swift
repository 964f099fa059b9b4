package import Algebra
package import Circuits
package import Commitment

/// Commitments to a step's states and values, without blinders, that are made while the step before it is still being folded:
/// all but the recursion's digits and the counts of lookups is known then, and commitments are linear.
package struct EarlySums: Sendable {
  private let generators: Generators<PrimaryCurve>
  private let parts: [Part]
  private let sums: Aside<ChunkSums<PrimaryCurve>>

  /// Y or A as it was, and the number of its chunks.
  private struct Part {
    let integers: [Int64]
    let chunks: Int
  }

  /// Starts to make the sums of a step's values as they are now.
  package init(of step: StepValues, under key: RecursionKey) {
    self.init(
      of: [(step.output.map(Int64.init), key.sizes.order.output.count), (step.values, key.sizes.order.values.count)],
      generators: key.generators)
  }

  /// Starts to make the sums of vectors as they are now, each with the number of its chunks.
  package init(of vectors: [(integers: [Int64], chunks: Int)], generators: Generators<PrimaryCurve>) {
    let parts = vectors.map { Part(integers: $0.integers, chunks: $0.chunks) }
    let tasks = parts.indices.flatMap { part in (0..<parts[part].chunks).map { (part: part, chunk: $0) } }
    self.generators = generators
    self.parts = parts
    sums = Aside(count: tasks.count) { generators.sums(chunk: tasks[$0].chunk, of: parts[tasks[$0].part].integers) }
  }

  /// The sums of the vectors as they have become, to be asked for once.
  ///
  /// - Throws: `CommitmentError.chunkCount` unless they fit as many chunks.
  package func sums(of vectors: [[Int64]]) throws -> [ChunkSums<PrimaryCurve>] {
    precondition(vectors.count == parts.count, "The same vectors.")
    var early = sums.results()[...]
    return try zip(parts, vectors).map { part, integers in
      let own = early.prefix(part.chunks)
      early = early.dropFirst(part.chunks)
      guard integers.count == part.integers.count, integers.count <= part.chunks << generators.logCount else {
        return try generators.sums(chunks: integers, chunkCount: part.chunks)
      }
      return ChunkSums(joining: sums(Array(own), of: part.integers, changedTo: integers))
    }
  }

  /// The sums of all chunks of a vector, given those of another one: what differs is added.
  private func sums(
    _ early: [ChunkSums<PrimaryCurve>], of before: [Int64], changedTo after: [Int64]
  ) -> [ChunkSums<PrimaryCurve>] {
    let length = 1 << generators.logCount
    let ranges = early.indices.map { min(after.count, $0 * length)..<min(after.count, ($0 + 1) * length) }
    let isChanged = Parallel.map(count: ranges.count, minimumChunk: 1) { after[ranges[$0]] != before[ranges[$0]] }
    return early.indices.map { chunk in
      guard isChanged[chunk] else { return early[chunk] }
      guard let changes = Self.changes(from: before[ranges[chunk]], to: after[ranges[chunk]]) else {
        return generators.sums(chunk: chunk, of: after)
      }
      return early[chunk] + generators.sums(chunk: 0, of: changes)
    }
  }

  /// What is to be added to some integers for others to come out; nil if it does not fit 64 bits.
  private static func changes(from before: ArraySlice<Int64>, to after: ArraySlice<Int64>) -> [Int64]? {
    var isWhole = true
    let changes = zip(before, after).map { before, after in
      let (change, overflow) = after.subtractingReportingOverflow(before)
      isWhole = isWhole && !overflow
      return change
    }
    return isWhole ? changes : nil
  }
}
