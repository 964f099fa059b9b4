/// The integers of a step: what the tensors of its statement hold.
package struct StepData: Sendable {
  /// The hidden state entering the step (X), from the segment's first entry; absent entries at the end are 0.
  package var input: SegmentEntries
  /// The hidden state leaving it (Y).
  package var output: SegmentEntries
  /// The weights (w).
  package var weights: SegmentEntries
  /// Every other integer (A).
  package var values: SegmentEntries
  /// The public tables, in the order of `LookupTables.columns`.
  package let tables: SegmentEntries

  /// A step's integers.
  package init(
    input: SegmentEntries, output: SegmentEntries, weights: SegmentEntries, values: SegmentEntries, tables: LookupTables
  ) {
    self.input = input
    self.output = output
    self.weights = weights
    self.values = values
    self.tables = .int32(tables.ids + tables.inputs + tables.outputs)
  }

  /// The entries of a segment.
  package func entries(in segment: Segment) -> SegmentEntries {
    switch segment {
    case .input: input
    case .output: output
    case .weights: weights
    case .values: values
    case .tables: tables
    }
  }

  /// The entries of a tensor, row-major, padding included.
  package func entries(of tensor: Tensor) -> ArraySlice<Int64> {
    entries(in: tensor.segment).widened(tensor.offset..<tensor.offset + tensor.count)
  }
}

/// A list of integers in the narrowest type that holds them.
package enum SegmentEntries: Sendable {
  /// 16-bit integers.
  case int16([Int16])
  /// 32-bit integers.
  case int32([Int32])
  /// 64-bit integers.
  case int64([Int64])

  /// The number of entries stored.
  package var count: Int {
    switch self {
    case .int16(let entries): entries.count
    case .int32(let entries): entries.count
    case .int64(let entries): entries.count
    }
  }

  /// All entries as 64-bit integers; no copy when they are stored so.
  package var integers: [Int64] {
    switch self {
    case .int16(let entries): entries.map { Int64($0) }
    case .int32(let entries): entries.map { Int64($0) }
    case .int64(let entries): entries
    }
  }

  /// A range of entries, 0 beyond the stored ones; no copy when they are stored as 64-bit integers.
  package func widened(_ range: Range<Int>) -> ArraySlice<Int64> {
    switch self {
    case .int64(let entries) where range.upperBound <= entries.count: entries[range]
    case .int16(let entries): Self.widened(entries, range)
    case .int32(let entries): Self.widened(entries, range)
    case .int64(let entries): Self.widened(entries, range)
    }
  }

  private static func widened(_ entries: [some FixedWidthInteger], _ range: Range<Int>) -> ArraySlice<Int64> {
    let stored = range.clamped(to: 0..<entries.count)
    var result: [Int64] = []
    result.reserveCapacity(range.count)
    for entry in entries[stored] { result.append(Int64(entry)) }
    result += repeatElement(0, count: range.count - result.count)
    return result[...]
  }
}
