import Algebra

extension ConstraintShape {
  private static var magic: [UInt8] { Array("LFSHAPE2".utf8) }

  /// The one byte string that stands for this shape: what keys hold and digests cover.
  ///
  /// Numbers are variable-length (7 bits a byte, least significant first, shortest form); columns of a combination and
  /// value offsets are written as differences; coefficients as 32 canonical bytes; a combination or template as 0 if it
  /// is the first not used before, else as how many back its first use lies.
  package var bytes: [UInt8] { encoded() }

  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  private func encoded() -> [UInt8] {
    var writer = ByteWriter(bytes: Self.magic)
    writer.write(publicCount)
    writer.write(traceCount)
    writer.write(valueOffsets.count)
    writer.write(increasing: valueOffsets[...])
    writer.write(combinations)
    writer.write(templates.count)
    for template in templates {
      writer.write(template.inputCount)
      writer.write(template.traceCount)
      writer.write(template.combinations)
      var known = 0
      writer.write(template.rows.count)
      for row in template.rows { writer.write(row, known: &known) }
    }
    var (known, knownTemplates, next, traceEnd) = (0, 0, 0, 0)
    writer.write(blocks.count)
    for block in blocks {
      writer.write(block.rowsBefore - next)
      for row in rows[next..<block.rowsBefore] { writer.write(row, known: &known) }
      next = block.rowsBefore
      writer.write(block.template, known: &knownTemplates)
      writer.write(block.traceStart - traceEnd)
      traceEnd = block.traceStart + templates[block.template].traceCount
      for input in block.inputs { writer.write(Int(input), known: &known) }
    }
    writer.write(rows.count - next)
    for row in rows[next...] { writer.write(row, known: &known) }
    return writer.bytes
  }

  /// The shape that `bytes` stand for; throws `ShapeError` for anything that is not the encoding of a shape.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package init(bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBufferPointer { try Self.read($0) }
  }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Self {
    var reader = ByteReader(bytes)
    guard try reader.read(count: Self.magic.count).elementsEqual(Self.magic) else { throw ShapeError.unknownFormat }
    let publicCount = try reader.readNumber(below: 1 << 16)
    let traceCount = try reader.readNumber(below: 1 << 28)
    guard publicCount >= 1 else { throw ShapeError.outOfRange }
    let valueOffsets = try reader.readIncreasing(count: reader.readNumber(below: 1 << 28), below: 1 << 30)
    let combinations: SparseMatrix<Field> = try reader.readMatrix(
      columnCount: publicCount + valueOffsets.count + traceCount)
    let templates: [BlockTemplate<Field>] = try (0..<reader.readNumber(below: 1 << 8)).map { _ in
      try reader.readTemplate()
    }
    let (rows, blocks) = try reader.readRows(
      combinations: combinations.rowCount, templates: templates, traceCount: traceCount)
    guard reader.isAtEnd else { throw ShapeError.trailingBytes }
    return Self(
      combinations: combinations, rows: rows, blocks: blocks, templates: templates, publicCount: publicCount,
      valueOffsets: valueOffsets, traceCount: traceCount)
  }
}

/// Why bytes are not the encoding of a shape.
package enum ShapeError: Error, Equatable {
  /// Another format or version.
  case unknownFormat
  /// The bytes end early.
  case truncated
  /// Bytes follow the shape.
  case trailingBytes
  /// A number is above its limit, a column is out of range or not increasing, or a coefficient index is unknown.
  case outOfRange
  /// A number or a list of coefficients is not in its one accepted form.
  case notCanonical
}

private struct ByteWriter {
  var bytes: [UInt8]

  mutating func write(_ number: Int) {
    var rest = UInt64(number)
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A number not above `known`: 0 and one more known if it is the next new one, else its distance.
  mutating func write(_ index: Int, known: inout Int) {
    write(index == known ? 0 : known - index)
    if index == known { known += 1 }
  }

  mutating func write(_ row: ConstraintRow, known: inout Int) {
    for index in [row.a, row.b, row.c] { write(Int(index), known: &known) }
  }

  mutating func write(_ matrix: SparseMatrix<some PrimeField>) {
    write(matrix.rowCount)
    write(matrix.coefficients.count - 2)
    for coefficient in matrix.coefficients.dropFirst(2) { bytes += coefficient.bytes }
    for row in 0..<matrix.rowCount {
      let entries = matrix.entries(row)
      write(entries.count)
      write(increasing: matrix.columns[entries])
      for index in matrix.coefficientIndices[entries] { write(Int(index)) }
    }
  }

  mutating func write(increasing numbers: ArraySlice<UInt32>) {
    var next = 0
    for number in numbers {
      write(Int(number) - next)
      next = Int(number) + 1
    }
  }
}

private struct ByteReader {
  // SAFETY: the buffer outlives the reader, which `ConstraintShape.read` makes; every access is below its count.
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func read(count: Int) throws -> [UInt8] {
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    position += count
    return Array(bytes[(position - count)..<position])
  }

  /// A number in its shortest form, below a limit of at most 2^35.
  mutating func readNumber(below limit: Int) throws -> Int {
    var number = 0
    var shift = 0
    while true {
      guard position < bytes.count else { throw ShapeError.truncated }
      let byte = bytes[position]
      position += 1
      number |= Int(byte & 127) << shift
      if byte < 128 {
        guard byte > 0 || shift == 0 else { throw ShapeError.notCanonical }
        break
      }
      shift += 7
      guard shift <= 35 else { throw ShapeError.outOfRange }
    }
    guard number < limit else { throw ShapeError.outOfRange }
    return number
  }

  /// Increasing numbers below a limit; takes at least one byte for each, so memory stays below a multiple of the input.
  mutating func readIncreasing(count: Int, below limit: Int) throws -> [UInt32] {
    var numbers: [UInt32] = []
    try readIncreasing(count: count, below: limit, into: &numbers)
    return numbers
  }

  /// Appends increasing numbers below a limit.
  mutating func readIncreasing(count: Int, below limit: Int, into numbers: inout [UInt32]) throws {
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    var next = 0
    for _ in 0..<count {
      let number = try next + readNumber(below: limit)
      guard number < limit else { throw ShapeError.outOfRange }
      numbers.append(UInt32(number))
      next = number + 1
    }
  }

  mutating func readMatrix<Field: PrimeField>(columnCount: Int) throws -> SparseMatrix<Field> {
    let rowCount = try readNumber(below: 1 << 28)
    let distinct = try readNumber(below: 1 << 28)
    var coefficients: [Field] = [.one, -.one]
    for _ in 0..<distinct {
      guard let coefficient = try Field(bytes: read(count: Field.byteCount)) else { throw ShapeError.notCanonical }
      coefficients.append(coefficient)
    }
    guard !coefficients.contains(.zero), Set(coefficients).count == coefficients.count else {
      throw ShapeError.notCanonical
    }
    var rowStarts: [UInt32] = [0]
    var columns: [UInt32] = []
    var indices: [UInt32] = []
    var used = 2
    for _ in 0..<rowCount {
      let count = try readNumber(below: 1 << 28)
      try readIncreasing(count: count, below: columnCount, into: &columns)
      for _ in 0..<count {
        let index = try readNumber(below: coefficients.count)
        // Coefficients are numbered in the order of their first use.
        guard index <= used else { throw ShapeError.notCanonical }
        if index == used { used += 1 }
        indices.append(UInt32(index))
      }
      rowStarts.append(UInt32(columns.count))
    }
    guard used == coefficients.count else { throw ShapeError.notCanonical }
    return SparseMatrix(
      pattern: SparsePattern(
        columnCount: columnCount, rowStarts: rowStarts, columns: columns, coefficientIndices: indices),
      coefficients: coefficients)
  }

  /// An index not above `known`, the next new one counted as known from now on.
  mutating func readIndex(known: inout Int) throws -> UInt32 {
    let back = try readNumber(below: known + 1)
    if back == 0 { known += 1 }
    return UInt32(back == 0 ? known - 1 : known - back)
  }

  /// Appends rows; a row takes at least three bytes.
  mutating func readRows(count: Int, known: inout Int, into rows: inout [ConstraintRow]) throws {
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    for _ in 0..<count {
      let (a, b) = (try readIndex(known: &known), try readIndex(known: &known))
      rows.append(ConstraintRow(a: a, b: b, c: try readIndex(known: &known)))
    }
  }

  /// A template whose rows use every combination, each for the first time in order.
  mutating func readTemplate<Field: PrimeField>() throws -> BlockTemplate<Field> {
    let inputCount = try readNumber(below: 1 << 8)
    let traceCount = try readNumber(below: 1 << 20)
    let combinations: SparseMatrix<Field> = try readMatrix(columnCount: 1 + inputCount + traceCount)
    var known = 0
    var rows: [ConstraintRow] = []
    try readRows(count: readNumber(below: 1 << 20), known: &known, into: &rows)
    guard known == combinations.rowCount else { throw ShapeError.notCanonical }
    return BlockTemplate(inputCount: inputCount, traceCount: traceCount, combinations: combinations, rows: rows)
  }

  /// Rows and blocks that use every combination and every template, each for the first time in order; below 2^28 rows.
  mutating func readRows<Field: PrimeField>(
    combinations: Int, templates: [BlockTemplate<Field>], traceCount: Int
  ) throws -> (rows: [ConstraintRow], blocks: [Block]) {
    var (known, knownTemplates, traceEnd, total) = (0, 0, 0, 0)
    var rows: [ConstraintRow] = []
    var blocks: [Block] = []
    let blockCount = try readNumber(below: 1 << 28)
    guard blockCount <= bytes.count - position else { throw ShapeError.truncated }
    for _ in 0..<blockCount {
      try readRows(count: readNumber(below: 1 << 28), known: &known, into: &rows)
      let index = Int(try readIndex(known: &knownTemplates))
      guard index < templates.count else { throw ShapeError.outOfRange }
      let template = templates[index]
      let traceStart = try traceEnd + readNumber(below: 1 << 28)
      traceEnd = traceStart + template.traceCount
      total += template.rows.count
      guard traceEnd <= traceCount, total < 1 << 28 else { throw ShapeError.outOfRange }
      var inputs: [UInt32] = []
      for _ in 0..<template.inputCount { inputs.append(try readIndex(known: &known)) }
      blocks.append(Block(template: index, rowsBefore: rows.count, traceStart: traceStart, inputs: inputs))
    }
    try readRows(count: readNumber(below: 1 << 28), known: &known, into: &rows)
    guard known == combinations, knownTemplates == templates.count else { throw ShapeError.notCanonical }
    return (rows, blocks)
  }
}
