/// The public list of (id, input, output) tuples, the same for every kind, padded with (0, 0, 0).
package struct LookupTables: Sendable, Hashable {
  /// Table ids, from 1; 0 in padding.
  package let ids: [Int32]
  /// Inputs.
  package let inputs: [Int32]
  /// Outputs, 0 for range tables.
  package let outputs: [Int32]
  /// The axis of entries; a power of two.
  package var entries: Axis { Axis("table entry", ids.count) }
  /// Where the three columns stand in the tables segment: ids at 0, inputs at one length, outputs at two.
  package var columns: [Tensor] {
    ["table ids", "table inputs", "table outputs"].enumerated().map {
      Tensor($1, [entries], in: .tables, at: $0 * ids.count)
    }
  }

  /// The three columns.
  package var integers: [[Int64]] { [ids, inputs, outputs].map { $0.map { Int64($0) } } }

  /// A list of tuples of a power-of-two length.
  package init(ids: [Int32], inputs: [Int32], outputs: [Int32]) {
    precondition(
      ids.count.nonzeroBitCount == 1 && inputs.count == ids.count && outputs.count == ids.count,
      "three columns of one power-of-two length")
    self.ids = ids
    self.inputs = inputs
    self.outputs = outputs
  }
}
