import Algebra

extension ConstraintShape {
  /// The matrix of left factors, written out.
  package var a: SparseMatrix<Field> { matrix(\.a) }
  /// The matrix of right factors, written out.
  package var b: SparseMatrix<Field> { matrix(\.b) }
  /// The matrix of products, written out.
  package var c: SparseMatrix<Field> { matrix(\.c) }

  private func matrix(_ side: KeyPath<ConstraintRow, UInt32>) -> SparseMatrix<Field> {
    var matrix = SparseMatrix<Field>(columnCount: columnCount)
    var pool: [Field: UInt32] = [:]
    func append(_ entries: [(column: UInt32, coefficient: Field)]) { matrix.append(row: entries, pool: &pool) }
    var next = 0
    for block in blocks {
      for row in rows[next..<block.rowsBefore] { append(combinations.row(Int(row[keyPath: side]))) }
      next = block.rowsBefore
      let template = templates[block.template]
      for row in template.rows { append(expanded(template.combinations.row(Int(row[keyPath: side])), in: block)) }
    }
    for row in rows[next...] { append(combinations.row(Int(row[keyPath: side]))) }
    return matrix
  }

  /// A combination of a template's columns as one of the circuit's.
  private func expanded(
    _ entries: [(column: UInt32, coefficient: Field)], in block: Block
  ) -> [(column: UInt32, coefficient: Field)] {
    let template = templates[block.template]
    var sums: [UInt32: Field] = [:]
    for (column, coefficient) in entries {
      switch Int(column) {
      case 0:
        sums[0, default: .zero] += coefficient
      case 1..<template.firstVariable:
        for entry in combinations.row(Int(block.inputs[Int(column) - 1])) {
          sums[entry.column, default: .zero] += coefficient * entry.coefficient
        }
      case let variable:
        let offset = block.traceStart + variable - template.firstVariable
        sums[UInt32(publicCount + valueOffsets.count + offset), default: .zero] += coefficient
      }
    }
    return sums.filter { !$0.value.isZero }.map { (column: $0.key, coefficient: $0.value) }
      .sorted { $0.column < $1.column }
  }
}
