import Algebra

extension ConstraintShape {
  /// The shape in which the last rows occur many times, each time with public columns and trace variables of its own: the
  /// very one that recording them so often would give, but for the names.
  ///
  /// - Parameters:
  ///   - count: how often they occur, at least once.
  ///   - rows: the first row that is repeated.
  ///   - publics: the first public column that occurrences do not share.
  ///   - trace: the first trace variable that they do not share.
  @specialized(where Field == BaseField)
  package func repeatingEnd(count: Int, rows firstRow: Int, publics firstPublic: Int, trace firstVariable: Int) -> Self
  {
    precondition(count > 0 && blocks.isEmpty && valueOffsets.isEmpty, "Rows over public columns and the trace only.")
    precondition(
      firstRow <= rows.count && firstPublic <= publicCount && firstVariable <= traceCount, "Parts of the shape.")
    let (ownPublics, ownVariables) = (publicCount - firstPublic, traceCount - firstVariable)
    let newPublicCount = firstPublic + count * ownPublics, newTraceCount = firstVariable + count * ownVariables
    let old = combinations.pattern
    let (oldColumns, oldIndices) = (old.columns, old.coefficientIndices)

    /// A column in the given occurrence.
    func column(_ column: Int, _ occurrence: Int) -> Int {
      if column < publicCount { return column < firstPublic ? column : column + occurrence * ownPublics }
      let variable = column - publicCount
      return newPublicCount + variable + (variable < firstVariable ? 0 : occurrence * ownVariables)
    }
    let isShared = (0..<old.rowCount).map { row in
      old.entries(row).allSatisfy { entry in
        let column = Int(oldColumns[entry])
        return column < publicCount ? column < firstPublic : column - publicCount < firstVariable
      }
    }
    var pattern = SparsePattern(columnCount: newPublicCount + newTraceCount)
    var newRows: [ConstraintRow] = []
    newRows.reserveCapacity(firstRow + count * (rows.count - firstRow))
    /// Where a combination of the occurrence that is being written stands, if it does.
    var places = [UInt32?](repeating: nil, count: old.rowCount)
    func place(_ combination: UInt32, _ occurrence: Int) -> UInt32 {
      let index = Int(combination)
      if let place = places[index] { return place }
      for entry in old.entries(index) {
        pattern.append(
          column: UInt32(column(Int(oldColumns[entry]), occurrence)), coefficientIndex: oldIndices[entry])
      }
      pattern.endRow()
      let place = UInt32(pattern.rowCount - 1)
      places[index] = place
      return place
    }
    for occurrence in 0..<count {
      if occurrence > 0 { for index in places.indices where !isShared[index] { places[index] = nil } }
      for row in rows[(occurrence == 0 ? 0 : firstRow)...] {
        let (a, b) = (place(row.a, occurrence), place(row.b, occurrence))
        newRows.append(ConstraintRow(a: a, b: b, c: place(row.c, occurrence)))
      }
    }
    return Self(
      combinations: SparseMatrix(pattern: pattern, coefficients: combinations.coefficients), rows: newRows, blocks: [],
      templates: [], publicCount: newPublicCount, valueOffsets: [], traceCount: newTraceCount)
  }
}
