/// A list of linear combinations of columns (Formats.md, "a matrix of combinations").
struct Matrix<M: Modulus>: Sendable {
  /// One column of a combination.
  struct Entry: Sendable {
    /// The column.
    let column: Int
    /// The coefficient's number: 0 is 1, 1 is -1, the others are those of the list.
    let number: Int
  }

  /// The entries of every combination, by increasing columns.
  var combinations: [[Entry]] = []
  /// 1, -1, then the distinct other coefficients in the order of their first use.
  var coefficients: [Residue<M>] = [.one, -.one]

  /// The coefficient of an entry times a factor.
  func product(_ entry: Entry, _ factor: Residue<M>) -> Residue<M> {
    switch entry.number {
    case 0: factor
    case 1: -factor
    default: coefficients[entry.number] * factor
    }
  }
}

/// A row A z * B z = u C z + E by the numbers of its three combinations.
struct Row: Sendable {
  let a: Int
  let b: Int
  let c: Int
}

/// Reads what `LFSHAPE2` is made of (Formats.md).
struct ShapeCursor {
  private var cursor: ByteCursor

  /// A cursor before the first byte.
  init(_ bytes: [UInt8]) { cursor = ByteCursor(bytes) }

  /// The next bytes.
  mutating func take(_ count: Int) throws(Refusal) -> [UInt8] { try cursor.take(count) }
  /// Requires that nothing is left.
  func finish() throws(Refusal) { try cursor.finish() }

  /// The next number, 7 bits a byte, in its shortest form.
  mutating func number(below limit: Int) throws(Refusal) -> Int {
    var (number, shift) = (0, 0)
    while true {
      let byte = Int(try cursor.number(bytes: 1))
      number |= (byte & 127) << shift
      shift += 7
      if byte < 128 {
        try requireFormat(byte > 0 || shift == 7, "numbers in their shortest form")
        try requireFormat(number < limit, "numbers of constraints in range")
        return number
      }
      try requireFormat(shift <= 35, "numbers of constraints in range")
    }
  }

  /// Increasing numbers, each as its difference from one more than the number before it.
  mutating func increasing(_ count: Int, below limit: Int) throws(Refusal) -> [Int] {
    try requireFormat(count <= cursor.left, "enough bytes")
    var (numbers, next) = ([Int](), 0)
    for _ in 0..<count {
      numbers.append(next + (try number(below: limit)))
      next = numbers[numbers.count - 1] + 1
      try requireFormat(next <= limit, "columns in range")
    }
    return numbers
  }

  /// A number up to `known`: 0 if it is `known`, which then is known too, else how far it lies back.
  mutating func index(known: inout Int) throws(Refusal) -> Int {
    let back = try number(below: known + 1)
    if back > 0 { return known - back }
    known += 1
    return known - 1
  }

  /// A row of combinations.
  mutating func row(known: inout Int) throws(Refusal) -> Row {
    let a = try index(known: &known)
    let b = try index(known: &known)
    return Row(a: a, b: b, c: try index(known: &known))
  }

  /// Rows after their number.
  mutating func rows(limit: Int, known: inout Int) throws(Refusal) -> [Row] {
    var rows: [Row] = []
    for _ in 0..<(try number(below: limit)) { rows.append(try row(known: &known)) }
    return rows
  }

  /// A matrix over some columns.
  mutating func matrix<M: Modulus>(columns: Int) throws(Refusal) -> Matrix<M> {
    var matrix = Matrix<M>()
    let count = try number(below: 1 << 28)
    for _ in 0..<(try number(below: 1 << 28)) { matrix.coefficients.append(try cursor.element()) }
    try requireFormat(!matrix.coefficients.contains(.zero), "coefficients that are not 0")
    try requireFormat(Set(matrix.coefficients).count == matrix.coefficients.count, "distinct coefficients")
    var used = 2
    for _ in 0..<count {
      let places = try increasing(number(below: 1 << 28), below: columns)
      var entries: [Matrix<M>.Entry] = []
      for column in places {
        let index = try number(below: matrix.coefficients.count)
        try requireFormat(index <= used, "coefficients in the order of their first use")
        used = max(used, index + 1)
        entries.append(Matrix.Entry(column: column, number: index))
      }
      matrix.combinations.append(entries)
    }
    try requireFormat(used == matrix.coefficients.count, "no unused coefficients")
    return matrix
  }
}
