package import Algebra

/// One recorded row: A z * B z = u C z.
struct Row<Field: PrimeField>: Sendable {
  let a: LinearCombination<Field>
  let b: LinearCombination<Field>
  let c: LinearCombination<Field>
}

/// The constraints of one circuit: (A z) o (B z) = u (C z) + E, with z = (public inputs, values, trace).
///
/// Rows touch few of the committed values, so the matrices have columns only for those: their columns are the public
/// inputs, then the values at `valueOffsets`, then the trace.
package struct ConstraintShape<Field: PrimeField>: Sendable, Equatable {
  /// The matrix of left factors.
  package let a: SparseMatrix<Field>
  /// The matrix of right factors.
  package let b: SparseMatrix<Field>
  /// The matrix of products.
  package let c: SparseMatrix<Field>
  /// u and the public inputs.
  package let publicCount: Int
  /// The offsets in the values segment that occur in rows, increasing.
  package let valueOffsets: [UInt32]
  /// The number of trace variables.
  package let traceCount: Int
  /// What rows are called, where that is known.
  package let names: RowNames?

  /// The number of rows.
  package var rowCount: Int { a.rowCount }
  /// The length the values segment must have at least.
  package var valuesCount: Int { valueOffsets.last.map { Int($0) + 1 } ?? 0 }
  /// The number of columns of the matrices.
  package var columnCount: Int { publicCount + valueOffsets.count + traceCount }
  /// The number of entries of the three matrices.
  package var entryCount: Int { a.entryCount + b.entryCount + c.entryCount }

  /// A shape from its parts, which must agree.
  init(
    matrices: (a: SparseMatrix<Field>, b: SparseMatrix<Field>, c: SparseMatrix<Field>), publicCount: Int,
    valueOffsets: [UInt32], traceCount: Int
  ) {
    a = matrices.a
    b = matrices.b
    c = matrices.c
    self.publicCount = publicCount
    self.valueOffsets = valueOffsets
    self.traceCount = traceCount
    names = nil
  }

  /// The shape of recorded rows.
  init(rows: [Row<Field>], traceCount: Int, layout: StepColumns, names: RowNames) {
    var used: Set<UInt32> = []
    for row in rows {
      for side in [row.a, row.b, row.c] {
        for term in side.terms where term.column.part == .values { used.insert(UInt32(term.column.offset)) }
      }
    }
    let valueOffsets = used.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(valueOffsets, 0...))
    let publicCount = layout.publicCount
    func index(_ column: Column) -> UInt32 {
      switch column.part {
      case .publics: UInt32(column.offset)
      case .values: UInt32(publicCount + places[UInt32(column.offset), default: 0])
      case .trace: UInt32(publicCount + valueOffsets.count + column.offset)
      }
    }
    func matrix(_ side: KeyPath<Row<Field>, LinearCombination<Field>>) -> SparseMatrix<Field> {
      var matrix = SparseMatrix<Field>(columnCount: publicCount + valueOffsets.count + traceCount)
      var pool: [Field: UInt32] = [:]
      for row in rows {
        let entries = row[keyPath: side].terms.map { (column: index($0.column), coefficient: $0.coefficient) }
        matrix.append(row: entries, pool: &pool)
      }
      return matrix
    }
    a = matrix(\.a)
    b = matrix(\.b)
    c = matrix(\.c)
    self.publicCount = publicCount
    self.valueOffsets = valueOffsets
    self.traceCount = traceCount
    self.names = names
  }

  /// Equal constraints; names do not count.
  package static func == (left: Self, right: Self) -> Bool {
    left.a == right.a && left.b == right.b && left.c == right.c && left.publicCount == right.publicCount
      && left.valueOffsets == right.valueOffsets && left.traceCount == right.traceCount
  }
}
