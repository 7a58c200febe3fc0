<!-- What read_record needs of an activity, as lines of fields: libxslt gathers it several times faster than
     a walk through the elements, and without the interpreter's lock. `u` ends a field, `r` a line; a
     line's first field says what it is, and read_record.py has one function for each. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:saxon="http://icl.com/saxon" xmlns:t="https://tessera.example/ns/iati">
  <xsl:output method="text" encoding="utf-8"/>

  <xsl:template match="/"><xsl:apply-templates select="iati-activity | iati-activities/iati-activity"/></xsl:template>
  <xsl:template match="iati-activity/iati-activity"/>

  <xsl:template match="iati-activity">A&u;<xsl:value-of select="saxon:line-number()"/>&u;<xsl:value-of select="@xml:lang"/>&u;<xsl:value-of select="@default-currency"/>&u;<xsl:value-of select="@last-updated-datetime"/>&u;<xsl:value-of select="@hierarchy"/>&r;<xsl:apply-templates select="*"/></xsl:template>

  <xsl:template match="iati-identifier">i&u;<xsl:value-of select="."/>&r;</xsl:template>
  <xsl:template match="reporting-org">R&u;<xsl:value-of select="@ref"/>&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="@secondary-reporter"/>&u;<xsl:value-of select="narrative"/>&r;</xsl:template>
  <xsl:template match="iati-activity/title/narrative">n&u;<xsl:value-of select="@xml:lang"/>&u;<xsl:value-of select="."/>&r;</xsl:template>
  <xsl:template match="iati-activity/description/narrative">e&u;<xsl:value-of select="@xml:lang"/>&u;<xsl:value-of select="."/>&r;</xsl:template>
  <xsl:template match="iati-activity/title | iati-activity/description"><xsl:apply-templates select="narrative"/></xsl:template>
  <xsl:template match="participating-org">o&u;<xsl:value-of select="@role"/>&u;<xsl:value-of select="@ref"/>&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="narrative"/>&r;</xsl:template>
  <xsl:template match="activity-status">a&u;<xsl:value-of select="@code"/>&r;</xsl:template>
  <xsl:template match="activity-date">D&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="@iso-date"/>&r;</xsl:template>
  <xsl:template match="related-activity">x&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="@ref"/>&r;</xsl:template>
  <xsl:template match="tag[@vocabulary='99']">y&u;<xsl:value-of select="@vocabulary-uri"/>&u;<xsl:value-of select="@code"/>&u;<xsl:value-of select="@t:share"/>&u;<xsl:value-of select="@t:state"/>&u;<xsl:value-of select="@t:source"/>&u;<xsl:value-of select="@t:confidence"/>&u;<xsl:value-of select="@t:evidence"/>&r;</xsl:template>

  <!-- of an activity, or of the transaction that is open -->
  <xsl:template match="recipient-country">c&u;<xsl:value-of select="@code"/>&u;<xsl:value-of select="@percentage"/>&r;</xsl:template>
  <xsl:template match="recipient-region">g&u;<xsl:value-of select="@code"/>&u;<xsl:value-of select="@vocabulary"/>&u;<xsl:value-of select="@percentage"/>&r;</xsl:template>
  <xsl:template match="sector">s&u;<xsl:value-of select="@code"/>&u;<xsl:value-of select="@vocabulary"/>&u;<xsl:value-of select="@percentage"/>&r;</xsl:template>

  <!-- money: the line that opens with what each has once, the lines of its parts, the line that closes -->
  <xsl:template match="transaction">T&u;<xsl:value-of select="saxon:line-number()"/>&u;<xsl:value-of select="transaction-type/@code"/>&u;<xsl:value-of select="transaction-date/@iso-date"/>&u;<xsl:value-of select="value/@currency"/>&u;<xsl:value-of select="value/@value-date"/>&u;<xsl:value-of select="value"/>&u;<xsl:if test="not(value)">0</xsl:if>&r;<xsl:apply-templates select="*"/>Z&r;</xsl:template>
  <xsl:template match="budget">T&u;<xsl:value-of select="saxon:line-number()"/>&u;budget<xsl:if test="@type = 2">-revised</xsl:if>&u;<xsl:value-of select="period-start/@iso-date"/>&u;<xsl:value-of select="value/@currency"/>&u;<xsl:value-of select="value/@value-date"/>&u;<xsl:value-of select="value"/>&u;<xsl:if test="not(value)">0</xsl:if>&r;<xsl:apply-templates select="*"/>Z&r;</xsl:template>
  <xsl:template match="planned-disbursement">T&u;<xsl:value-of select="saxon:line-number()"/>&u;planned&u;<xsl:value-of select="period-start/@iso-date"/>&u;<xsl:value-of select="value/@currency"/>&u;<xsl:value-of select="value/@value-date"/>&u;<xsl:value-of select="value"/>&u;<xsl:if test="not(value)">0</xsl:if>&r;<xsl:apply-templates select="*"/>Z&r;</xsl:template>
  <xsl:template match="period-end">f&u;<xsl:value-of select="@iso-date"/>&r;</xsl:template>
  <xsl:template match="provider-org">p&u;<xsl:value-of select="@ref"/>&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="@provider-activity-id"/>&u;<xsl:value-of select="narrative"/>&r;</xsl:template>
  <xsl:template match="receiver-org">q&u;<xsl:value-of select="@ref"/>&u;<xsl:value-of select="@type"/>&u;<xsl:value-of select="@receiver-activity-id"/>&u;<xsl:value-of select="narrative"/>&r;</xsl:template>

  <xsl:template match="* | text()"/>
</xsl:stylesheet>
