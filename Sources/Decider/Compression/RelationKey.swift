package import Algebra
package import ConstraintSystem

/// Where one committed chunk's entries stand in a relation.
package struct ChunkPlacement: Hashable, Sendable {
  /// What a chunk's entries are, besides entries of Q.
  package enum Role: Hashable, Sendable {
    /// Nothing else.
    case claimOnly
    /// Consecutive columns of the matrices from this one on.
    case columns(Column)
    /// Entries of the error vector E from this row on.
    case errors(row: Int)
  }

  /// Entries that mean something, at most 2^k; the relations take all later ones for zeros whatever they are.
  package let length: Int
  /// The first entry's place in Q, a multiple of 2^k, or nil for a chunk outside Q.
  package let claimBase: Int?
  /// The role.
  package let role: Role

  /// A placement.
  package init(length: Int, claimBase: Int?, role: Role) {
    self.length = length
    self.claimBase = claimBase
    self.role = role
  }

  /// The placements of a segment cut into `chunkCount` chunks of 2^chunkLog entries.
  ///
  /// - Parameters:
  ///   - length: the segment's entries; chunks past its end mean nothing.
  ///   - claimBase: the segment's first entry in Q, a multiple of 2^chunkLog, or nil.
  ///   - columns: the part of the columns that the segment fills from offset 0 on, or nil.
  package static func segment(
    length: Int, chunkCount: Int, chunkLog: Int, claimBase: Int?, columns: Column.Part?
  ) -> [ChunkPlacement] {
    precondition((0...(chunkCount << chunkLog)).contains(length), "A segment fits its chunks.")
    return (0..<chunkCount).map { index in
      let first = index << chunkLog
      return ChunkPlacement(
        length: min(max(0, length - first), 1 << chunkLog),
        claimBase: claimBase.map { $0 + first },
        role: columns.map { .columns(Column($0, first)) } ?? .claimOnly)
    }
  }
}

/// One relaxed constraint system, (A z) o (B z) = u (C z) + E, and where the chunks committed to stand in it.
package struct RelationKey<F: PrimeField>: Sendable {
  /// The matrices.
  package let shape: ConstraintShape<F>
  /// The chunks.
  package let chunks: [ChunkPlacement]

  /// A relation over chunks of 2^chunkLog entries: every column of the matrices, apart from the public ones, must
  /// belong to exactly one chunk, and bases in Q and in E must be multiples of 2^chunkLog.
  package init(shape: ConstraintShape<F>, chunks: [ChunkPlacement], chunkLog: Int) {
    self.shape = shape
    self.chunks = chunks
    let mask = (1 << chunkLog) - 1
    for chunk in chunks {
      precondition((0...(mask + 1)).contains(chunk.length), "A chunk has at most 2^k entries.")
      precondition((chunk.claimBase ?? 0) & mask == 0, "A chunk is aligned in Q.")
      guard case .errors(let row) = chunk.role else { continue }
      precondition(row & mask == 0 && chunk.claimBase == nil, "An error chunk is aligned in E and outside Q.")
    }
    let values = spans(of: .values)
    let trace = spans(of: .trace)
    for spans in [values, trace] {
      for (left, right) in zip(spans, spans.dropFirst()) {
        precondition(left.offsets.upperBound <= right.offsets.lowerBound, "Chunks do not overlap.")
      }
    }
    precondition(
      shape.valueOffsets.allSatisfy { offset in values.contains { $0.offsets.contains(Int(offset)) } },
      "Every committed value in a row has its chunk.")
    let covered = trace.reduce(0) { $1.offsets.lowerBound == $0 ? $1.offsets.upperBound : $0 }
    precondition(covered >= shape.traceCount, "Every trace variable has its chunk.")
  }

  /// The offsets of a part of the columns that a chunk holds.
  struct Span {
    let offsets: Range<Int>
    let chunk: Int
  }

  /// The nonempty chunks that hold columns of a part, by increasing offset.
  func spans(of part: Column.Part) -> [Span] {
    let spans = chunks.indices.compactMap { index -> Span? in
      guard case .columns(let first) = chunks[index].role, first.part == part, chunks[index].length > 0 else {
        return nil
      }
      return Span(offsets: first.offset..<(first.offset + chunks[index].length), chunk: index)
    }
    return spans.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
  }
}
