/// The constraints of one circuit (Formats.md, `LFSHAPE2`).
///
/// Columns are the public ones, u first, then the committed values that occur, then the trace.
package struct Shape<M: Modulus>: Sendable {
  /// What many blocks have in common, over the columns u, inputs, variables.
  struct Template: Sendable {
    let inputCount: Int
    let variableCount: Int
    let matrix: Matrix<M>
    let rows: [Row]
  }

  /// A row, or a block: the rows of a template over some combinations and some of the trace.
  enum Part: Sendable {
    case row(Row)
    case block(template: Int, firstVariable: Int, inputs: [Int])
  }

  let publicCount: Int
  let traceCount: Int
  /// The places in the values segment that occur, increasing.
  let valueOffsets: [Int]
  let matrix: Matrix<M>
  let templates: [Template]
  /// Rows and blocks in the order of their rows.
  let parts: [Part]
  /// The bytes it was read from, which digests take in.
  package let bytes: [UInt8]

  /// The number of rows.
  let rowCount: Int
}

extension Shape {
  private static var name: [UInt8] { Array("LFSHAPE2".utf8) }

  /// Reads all of `bytes`.
  init(_ bytes: [UInt8]) throws(Refusal) {
    var cursor = ShapeCursor(bytes)
    try requireFormat(try cursor.take(8) == Self.name, "the name of constraints")
    publicCount = try cursor.number(below: 1 << 16)
    try requireFormat(publicCount >= 1, "a public column")
    traceCount = try cursor.number(below: 1 << 28)
    valueOffsets = try cursor.increasing(cursor.number(below: 1 << 28), below: 1 << 30)
    matrix = try cursor.matrix(columns: publicCount + valueOffsets.count + traceCount)
    var templates: [Template] = []
    for _ in 0..<(try cursor.number(below: 1 << 8)) { templates.append(try Self.template(&cursor)) }
    var (parts, known, knownTemplates, end) = ([Part](), 0, 0, 0)
    for _ in 0..<(try cursor.number(below: 1 << 28)) {
      parts += try cursor.rows(limit: 1 << 28, known: &known).map { .row($0) }
      let index = try cursor.index(known: &knownTemplates)
      try requireFormat(index < templates.count, "known templates")
      let first = end + (try cursor.number(below: 1 << 28))
      end = first + templates[index].variableCount
      try requireFormat(end <= traceCount, "blocks inside the trace")
      var inputs: [Int] = []
      for _ in 0..<templates[index].inputCount { inputs.append(try cursor.index(known: &known)) }
      parts.append(.block(template: index, firstVariable: first, inputs: inputs))
    }
    parts += try cursor.rows(limit: 1 << 28, known: &known).map { .row($0) }
    try requireFormat(
      known == matrix.combinations.count && knownTemplates == templates.count, "no unused combinations and templates")
    try cursor.finish()
    rowCount = parts.reduce(0) { count, part in
      if case .block(let template, _, _) = part { count + templates[template].rows.count } else { count + 1 }
    }
    (self.templates, self.parts, self.bytes) = (templates, parts, bytes)
  }

  private static func template(_ cursor: inout ShapeCursor) throws(Refusal) -> Template {
    let inputs = try cursor.number(below: 1 << 8)
    let variables = try cursor.number(below: 1 << 20)
    let matrix: Matrix<M> = try cursor.matrix(columns: 1 + inputs + variables)
    var known = 0
    let rows = try cursor.rows(limit: 1 << 20, known: &known)
    try requireFormat(known == matrix.combinations.count, "no unused combinations")
    return Template(inputCount: inputs, variableCount: variables, matrix: matrix, rows: rows)
  }
}

extension Shape {
  /// For every column the sum over all rows of weights[row] times its entry in a A + b B + c C.
  func columnSums(weights: [Residue<M>], _ a: Residue<M>, _ b: Residue<M>, _ c: Residue<M>) -> [Residue<M>] {
    var sums = [Residue<M>](repeating: .zero, count: publicCount + valueOffsets.count + traceCount)
    var combined = [Residue<M>](repeating: .zero, count: matrix.combinations.count)
    var place = 0
    func add(_ row: Row, to combined: inout [Residue<M>]) {
      combined[row.a] += a * weights[place]
      combined[row.b] += b * weights[place]
      combined[row.c] += c * weights[place]
      place += 1
    }
    for part in parts {
      switch part {
      case .row(let row): add(row, to: &combined)
      case .block(let index, let first, let inputs):
        let template = templates[index]
        var inner = [Residue<M>](repeating: .zero, count: template.matrix.combinations.count)
        for row in template.rows { add(row, to: &inner) }
        let variables = publicCount + valueOffsets.count + first - 1 - inputs.count
        for (combination, weight) in zip(template.matrix.combinations, inner) {
          for entry in combination {
            let product = template.matrix.product(entry, weight)
            switch entry.column {
            case 0: sums[0] += product
            case ...inputs.count: combined[inputs[entry.column - 1]] += product
            default: sums[variables + entry.column] += product
            }
          }
        }
      }
    }
    for (combination, weight) in zip(matrix.combinations, combined) {
      for entry in combination { sums[entry.column] += matrix.product(entry, weight) }
    }
    return sums
  }
}
