package import Algebra

/// The constraints of one circuit: (A z) o (B z) = u (C z) + E, with z = (public inputs, values, trace).
///
/// Rows share linear combinations: an S-box uses its input three times. So the distinct combinations are kept, and evaluated,
/// once, and a row is three indices into them. What occurs many times is kept once, as a template, and so are its rows.
/// Rows touch few of the committed values: columns are the public inputs, then the values at `valueOffsets`, then the
/// trace.
package struct ConstraintShape<Field: PrimeField>: Sendable, Equatable {
  /// The combinations that the rows outside blocks and the blocks' inputs are made of, in the order of their first use
  /// (in a row: A, B, C).
  package let combinations: SparseMatrix<Field>
  /// The rows outside blocks.
  package let rows: [ConstraintRow]
  /// The blocks, in the order of their rows.
  package let blocks: [Block]
  /// What the blocks are occurrences of, in the order of their first use.
  package let templates: [BlockTemplate<Field>]
  /// Where the rows of every block start among all rows.
  let blockStarts: [Int]
  /// The combinations that are integers where the committed values are.
  let integerCombinations: IntegerCombinations
  /// The number of rows, those of blocks included.
  package let rowCount: Int
  /// u and the public inputs.
  package let publicCount: Int
  /// The offsets in the values segment that occur in rows, increasing.
  package let valueOffsets: [UInt32]
  /// The number of trace variables.
  package let traceCount: Int
  /// What rows are called, where that is known.
  package let names: RowNames?

  /// The length the values segment must have at least.
  package var valuesCount: Int { valueOffsets.last.map { Int($0) + 1 } ?? 0 }
  /// The number of columns of the matrices.
  package var columnCount: Int { publicCount + valueOffsets.count + traceCount }
  /// The number of entries of all distinct combinations, those of templates once.
  package var entryCount: Int { templates.reduce(combinations.entryCount) { $0 + $1.combinations.entryCount } }

  /// A shape from its parts, which must agree.
  init(
    combinations: SparseMatrix<Field>, rows: [ConstraintRow], blocks: [Block], templates: [BlockTemplate<Field>],
    publicCount: Int, valueOffsets: [UInt32], traceCount: Int, names: RowNames? = nil
  ) {
    self.combinations = combinations
    self.rows = rows
    self.blocks = blocks
    self.templates = templates
    self.publicCount = publicCount
    self.valueOffsets = valueOffsets
    self.traceCount = traceCount
    self.names = names
    integerCombinations = IntegerCombinations(
      in: combinations, publicCount: publicCount, valueCount: valueOffsets.count)
    var inBlocks = 0
    blockStarts = blocks.map { block in
      defer { inBlocks += templates[block.template].rows.count }
      return block.rowsBefore + inBlocks
    }
    rowCount = rows.count + inBlocks
  }

  /// The shape of recorded rows.
  init(
    combinations: [LinearCombination<Field>], rows: [ConstraintRow], blocks: [Block],
    templates: [BlockTemplate<Field>], traceCount: Int, publicCount: Int, names: RowNames
  ) {
    var used: Set<UInt32> = []
    for combination in combinations {
      for term in combination.terms where term.column.part == .values { used.insert(UInt32(term.column.offset)) }
    }
    let valueOffsets = used.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(valueOffsets, 0...))
    func index(_ column: Column) -> UInt32 {
      switch column.part {
      case .publics: UInt32(column.offset)
      case .values: UInt32(publicCount + places[UInt32(column.offset), default: 0])
      case .trace: UInt32(publicCount + valueOffsets.count + column.offset)
      case .inputs: preconditionFailure("Inputs are columns of templates only.")
      }
    }
    var matrix = SparseMatrix<Field>(columnCount: publicCount + valueOffsets.count + traceCount)
    var pool: [Field: UInt32] = [:]
    for combination in combinations {
      let row = combination.terms.map { (column: index($0.column), coefficient: $0.coefficient) }
      matrix.append(row: row, pool: &pool)
    }
    self.init(
      combinations: matrix, rows: rows, blocks: blocks, templates: templates, publicCount: publicCount,
      valueOffsets: valueOffsets, traceCount: traceCount, names: names)
  }

  /// Equal constraints; names do not count.
  package static func == (left: Self, right: Self) -> Bool {
    left.combinations == right.combinations && left.rows == right.rows && left.blocks == right.blocks
      && left.templates == right.templates && left.publicCount == right.publicCount
      && left.valueOffsets == right.valueOffsets && left.traceCount == right.traceCount
  }

  /// The rows outside blocks, by ranges that stand together among all rows, each with the place of its first row.
  var ownRanges: [(rows: Range<Int>, start: Int)] {
    var ranges: [(rows: Range<Int>, start: Int)] = []
    var (next, start) = (0, 0)
    for (block, blockStart) in zip(blocks, blockStarts) {
      if block.rowsBefore > next { ranges.append((next..<block.rowsBefore, start)) }
      next = block.rowsBefore
      start = blockStart + templates[block.template].rows.count
    }
    if rows.count > next { ranges.append((next..<rows.count, start)) }
    return ranges
  }
}

/// One row A z * B z = u C z, by the indices of its three linear combinations.
package struct ConstraintRow: Hashable, Sendable {
  /// The left factor.
  package let a: UInt32
  /// The right factor.
  package let b: UInt32
  /// The product.
  package let c: UInt32
}
